package game;

import java.util.HashMap;
import java.util.Map;

public final class Scores {
    private final Map<String, Integer> best = new HashMap<>();

    /** Keeps the best score of a player; penalties can make a score negative. */
    public void add(String name, int score) {
        best.merge(name, score, Math::max);
    }

    public int of(String name) {
        return best.getOrDefault(name, 0);
    }
}
