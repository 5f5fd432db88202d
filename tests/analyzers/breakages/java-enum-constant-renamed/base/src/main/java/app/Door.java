package app;

class Door {
    boolean shut(State state) {
        return state == State.CLOSED;
    }
}
