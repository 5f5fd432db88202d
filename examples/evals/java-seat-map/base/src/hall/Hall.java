package hall;

import java.util.ArrayList;
import java.util.List;

public final class Hall {
    private final List<Seat> free = new ArrayList<>();

    public void add(Seat seat) {
        free.add(seat);
    }

    public int freeSeats() {
        return free.size();
    }

    public List<Seat> take(int count) {
        if (count > free.size()) {
            return List.of();
        }
        List<Seat> taken = new ArrayList<>(free.subList(0, count));
        free.subList(0, count).clear();
        return taken;
    }
}
