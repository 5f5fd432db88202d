package lease;

import java.util.HashMap;
import java.util.Map;

/** Who holds what, and since when. */
public final class Leases {
    private final Map<String, Long> taken = new HashMap<>();
    private final Clock clock;

    public Leases(Clock clock) {
        this.clock = clock;
    }

    public synchronized boolean take(String name) {
        return taken.putIfAbsent(name, clock.now()) == null;
    }

    public synchronized void renew(String name) {
        taken.replace(name, clock.now());
    }

    public synchronized void giveBack(String name) {
        taken.remove(name);
    }

    public synchronized Map<String, Long> all() {
        return Map.copyOf(taken);
    }

    public synchronized long ageInSeconds(String name) {
        Long since = taken.get(name);
        return since == null ? -1 : (clock.now() - since) / 1000;
    }
}
