package tiles;

import java.util.Locale;

public final class TileServer {
    public interface Painter {
        /** `style` is the name of a style sheet, in lower case. */
        byte[] paint(int zoom, int x, int y, String style);
    }

    private final TileCache cache = new TileCache();
    private final Painter painter;

    public TileServer(Painter painter) {
        this.painter = painter;
    }

    public byte[] tile(int zoom, int x, int y, String style) {
        String name = style.toLowerCase(Locale.ROOT);
        return cache.get(zoom, x, y, name).orElseGet(() -> {
            byte[] tile = painter.paint(zoom, x, y, name);
            cache.put(zoom, x, y, name, tile);
            return tile;
        });
    }
}
