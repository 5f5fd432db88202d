package app;

public enum State {
    OPEN,
    SHUT
}
