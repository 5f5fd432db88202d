namespace Shop;

public class Retry
{
    public Retry(int times, int pause)
    {
        Times = Math.Min(times, Limits.MostRetries);
        Pause = pause;
    }

    public int Times { get; }

    public int Pause { get; }
}
