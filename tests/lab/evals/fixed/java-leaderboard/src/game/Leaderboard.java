package game;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Players by score, the best first. Equal scores share a rank, and the next rank is left out: 1, 2, 2, 4. */
public final class Leaderboard {
    private static final Comparator<Player> BEST_FIRST =
            Comparator.comparingInt(Player::score).reversed().thenComparing(Player::name);

    public record Entry(int rank, Player player) {}

    private final List<Entry> entries;

    public Leaderboard(List<Player> players) {
        List<Player> sorted = new ArrayList<>(players);
        sorted.sort(BEST_FIRST);
        entries = new ArrayList<>();
        int rank = 0;
        for (int i = 0; i < sorted.size(); i++) {
            Player player = sorted.get(i);
            if (i == 0 || sorted.get(i - 1).score() != player.score()) {
                rank = i + 1;
            }
            entries.add(new Entry(rank, player));
        }
    }

    public List<Entry> top(int count) {
        return List.copyOf(entries.subList(0, Math.min(Math.max(0, count), entries.size())));
    }

    public int rankOf(String name) {
        return entries.stream().filter(e -> e.player().name().equals(name)).mapToInt(Entry::rank).findFirst().orElse(-1);
    }
}
