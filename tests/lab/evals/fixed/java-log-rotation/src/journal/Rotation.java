package journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/** Gives full journals a number (journal.log.1, journal.log.2 …, rising) and removes the oldest. */
final class Rotation {
    private final Path file;
    private final int kept;

    Rotation(Path file, int kept) {
        this.file = file.toAbsolutePath();
        this.kept = kept;
    }

    void rotate() throws IOException {
        String prefix = file.getFileName() + ".";
        Path folder = file.getParent();
        List<Path> old;
        try (var paths = Files.list(folder)) {
            old = paths
                    .filter(path -> path.getFileName().toString().matches(java.util.regex.Pattern.quote(prefix) + "\\d+"))
                    .sorted(Comparator.comparingInt(path -> number(path, prefix)))
                    .toList();
        }
        int next = old.isEmpty() ? 1 : number(old.get(old.size() - 1), prefix) + 1;
        for (Path path : old.subList(0, Math.max(0, old.size() - kept + 1))) {
            Files.delete(path);
        }
        Files.move(file, folder.resolve(prefix + next), StandardCopyOption.ATOMIC_MOVE);
    }

    private static int number(Path path, String prefix) {
        return Integer.parseInt(path.getFileName().toString().substring(prefix.length()));
    }
}
