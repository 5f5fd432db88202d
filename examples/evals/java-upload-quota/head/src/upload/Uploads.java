package upload;

import java.util.LinkedHashMap;
import java.util.Map;

public final class Uploads {
    private final Map<String, Long> sizes = new LinkedHashMap<>();
    private final Quota quota;

    public Uploads(Plan plan) {
        this.quota = Quota.of(plan);
    }

    /** False when there is no room. A file that takes the place of another needs room for the difference only. */
    public boolean add(String name, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size);
        }
        long others = used() - sizes.getOrDefault(name, 0L);
        if (!quota.hasRoomFor(others, size)) {
            return false;
        }
        sizes.put(name, size);
        return true;
    }

    public String status() {
        return quota.describe(used()) + (quota.isNearlyFull(used()) ? ", nearly full" : "");
    }

    public long used() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
}
