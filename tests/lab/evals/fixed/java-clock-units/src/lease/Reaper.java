package lease;

/** Ends leases that nobody renews. */
public final class Reaper {
    private static final long LENGTH = 30 * Clock.PER_SECOND;
    private final Leases leases;
    private final Clock clock;

    public Reaper(Leases leases, Clock clock) {
        this.leases = leases;
        this.clock = clock;
    }

    public int run() {
        int ended = 0;
        for (var entry : leases.all().entrySet()) {
            if (clock.now() - entry.getValue() > LENGTH) {
                leases.giveBack(entry.getKey());
                ended++;
            }
        }
        return ended;
    }
}
