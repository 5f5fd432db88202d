namespace Shop;

public static class Limits
{
    public const int MostRetries = 8;
}
