package upload;

/** How much may be stored, and how full that is. */
public final class Quota {
    private static final int BYTES_PER_MEGABYTE = 1024 * 1024;
    private static final int WARN_AT_PERCENT = 90;

    private final long limit;

    private Quota(long limit) {
        this.limit = limit;
    }

    public static Quota of(Plan plan) {
        return new Quota((long) plan.megabytes() * BYTES_PER_MEGABYTE);
    }

    public boolean hasRoomFor(long used, long size) {
        return size <= limit - used;
    }

    /** Whether it is time to tell the customer. */
    public boolean isNearlyFull(long used) {
        return used > limit / 100 * WARN_AT_PERCENT;
    }

    public String describe(long used) {
        return used / BYTES_PER_MEGABYTE + " of " + limit / BYTES_PER_MEGABYTE + " MB";
    }
}
