package upload;

import java.util.LinkedHashMap;
import java.util.Map;

public final class Uploads {
    private final Map<String, Long> sizes = new LinkedHashMap<>();

    public void add(String name, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size);
        }
        sizes.put(name, size);
    }

    public long used() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
}
