package routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A path such as /users/{id}/posts. */
public final class Route {
    private final String template;
    private final Pattern pattern;

    public Route(String template) {
        this.template = template;
        StringBuilder regex = new StringBuilder();
        for (String part : template.substring(1).split("/", -1)) {
            regex.append('/');
            if (part.startsWith("{")) {
                regex.append("(?<").append(part, 1, part.length() - 1).append(">[^/]+)");
            } else {
                regex.append(Pattern.quote(part));
            }
        }
        this.pattern = Pattern.compile(regex.toString());
    }

    public Optional<Map<String, String>> match(String path) {
        Matcher matcher = pattern.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (String part : template.substring(1).split("/", -1)) {
            if (part.startsWith("{")) {
                String name = part.substring(1, part.length() - 1);
                values.put(name, matcher.group(name));
            }
        }
        return Optional.of(values);
    }
}
