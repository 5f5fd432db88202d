package routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A path such as /users/{id}/posts. */
public final class Route {
    private final String[] parts;

    public Route(String template) {
        this.parts = split(template);
    }

    public Optional<Map<String, String>> match(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        String[] actual = split(path);
        if (actual.length != parts.length) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.startsWith("{")) {
                if (actual[i].isEmpty()) {
                    return Optional.empty();
                }
                values.put(part.substring(1, part.length() - 1), actual[i]);
            } else if (!part.equals(actual[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    /** The parts between slashes. A limit of -1 keeps the empty ones at the end: /users/ is not /users. */
    private static String[] split(String path) {
        return path.substring(1).split("/", -1);
    }
}
