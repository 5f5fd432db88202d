package lease;

/** Time, to be replaced in tests. */
public interface Clock {
    /** Milliseconds. */
    long now();

    static Clock system() {
        return new Clock() {
            @Override
            public long now() {
                return System.currentTimeMillis();
            }
        };
    }
}
