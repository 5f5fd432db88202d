package app;

public enum State {
    OPEN,
    CLOSED
}
