package desk;

import java.util.Map;
import java.util.Set;

public enum State {
    NEW,
    ASSIGNED,
    /** We asked the customer something. */
    WAITING,
    SOLVED,
    CLOSED;

    private static final Map<State, Set<State>> NEXT = Map.of(
            NEW, Set.of(ASSIGNED, CLOSED),
            ASSIGNED, Set.of(WAITING, SOLVED, NEW),
            WAITING, Set.of(ASSIGNED, CLOSED),
            SOLVED, Set.of(CLOSED, ASSIGNED),
            CLOSED, Set.of());

    public boolean canBecome(State other) {
        return NEXT.get(this).contains(other);
    }
}
