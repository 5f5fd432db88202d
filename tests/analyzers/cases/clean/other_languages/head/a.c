#define ID(x) (x)

int f(int a)
{
    return ID(a);
}
