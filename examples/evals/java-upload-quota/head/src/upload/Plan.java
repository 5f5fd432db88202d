package upload;

public enum Plan {
    FREE(100),
    TEAM(1024),
    COMPANY(4096);

    private final int megabytes;

    Plan(int megabytes) {
        this.megabytes = megabytes;
    }

    public int megabytes() {
        return megabytes;
    }
}
