package lease;

/** Time, to be replaced in tests. It never goes back, but has no fixed beginning: only differences mean anything. */
public interface Clock {
    long PER_SECOND = 1_000_000_000L;

    /** Nanoseconds. */
    long now();

    static Clock system() {
        return new Clock() {
            @Override
            public long now() {
                return System.nanoTime();
            }
        };
    }
}
