namespace Shop;

public class Client
{
    private readonly Retry _retry = new Retry(3);

    public Retry Copy(Retry other)
    {
        return new Retry(other.Times);
    }
}
