package desk;

public final class Ticket {
    private final String subject;
    private State state = State.NEW;

    public Ticket(String subject) {
        this.subject = subject;
    }

    public String subject() {
        return subject;
    }

    public State state() {
        return state;
    }

    /** Takes note of what the customer wrote: whoever waits for it goes on. */
    public void answered() {
        if (state == State.WAITING) {
            become(State.ASSIGNED);
        }
    }

    public void become(State next) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException(subject + " is " + state + " and cannot become " + next);
        }
        state = next;
    }
}
