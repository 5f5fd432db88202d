package routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

public final class Router {
    private final Map<Route, Function<Map<String, String>, String>> routes = new LinkedHashMap<>();

    public Router on(String template, Function<Map<String, String>, String> handler) {
        routes.put(new Route(template), handler);
        return this;
    }

    public Optional<String> handle(String path) {
        for (var entry : routes.entrySet()) {
            var values = entry.getKey().match(path);
            if (values.isPresent()) {
                return Optional.of(entry.getValue().apply(values.get()));
            }
        }
        return Optional.empty();
    }
}
