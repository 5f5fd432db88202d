package desk;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the team sees on the wall. */
public final class Board {
    private static final Set<State> OPEN = EnumSet.of(State.NEW, State.ASSIGNED, State.WAITING);

    private Board() {}

    public static List<String> open(List<Ticket> tickets) {
        return tickets.stream().filter(t -> OPEN.contains(t.state())).map(t -> t.state() + " " + t.subject()).toList();
    }
}
