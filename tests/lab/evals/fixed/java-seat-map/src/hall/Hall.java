package hall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

public final class Hall {
    private static final Comparator<Seat> BY_PLACE = Comparator.comparing(Seat::row).thenComparing(Seat::number);

    private final List<Seat> free = new ArrayList<>();

    public void add(Seat seat) {
        free.add(seat);
        free.sort(BY_PLACE);
    }

    public int freeSeats() {
        return free.size();
    }

    /** Takes `count` seats: side by side where there are such, else the first ones; none when there are too few. */
    public List<Seat> take(int count) {
        if (count <= 0 || count > free.size()) {
            return List.of();
        }
        int start = sideBySide(count).orElse(0);
        List<Seat> places = free.subList(start, start + count);
        List<Seat> taken = new ArrayList<>(places);
        places.clear();
        return taken;
    }

    /** Where in the free seats the first run of `count` neighbours begins. */
    private Optional<Integer> sideBySide(int count) {
        int length = 0;
        for (int i = 0; i < free.size(); i++) {
            boolean continues = i > 0 && areNeighbours(free.get(i - 1), free.get(i));
            length = continues ? length + 1 : 1;
            if (length == count) {
                return Optional.of(i - count + 1);
            }
        }
        return Optional.empty();
    }

    private static boolean areNeighbours(Seat left, Seat right) {
        Integer next = left.number() + 1;
        return left.row().equals(right.row()) && right.number().equals(next);
    }
}
