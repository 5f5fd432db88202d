package journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

public final class Journal {
    private final Path file;
    private final long largest;
    private final Rotation rotation;

    /** A journal that begins anew when it has reached `largest` bytes; `kept` full ones stay. */
    public Journal(Path file, long largest, int kept) {
        this.file = file;
        this.largest = largest;
        this.rotation = new Rotation(file, kept);
    }

    public synchronized void write(String line) throws IOException {
        if (Files.exists(file) && Files.size(file) >= largest) {
            rotation.rotate();
        }
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
