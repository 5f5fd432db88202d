namespace Shop;

public class Retry
{
    public Retry(int times)
    {
        Times = times;
    }

    public int Times { get; }
}
