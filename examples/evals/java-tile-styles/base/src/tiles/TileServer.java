package tiles;

public final class TileServer {
    public interface Painter {
        byte[] paint(int zoom, int x, int y);
    }

    private final TileCache cache = new TileCache();
    private final Painter painter;

    public TileServer(Painter painter) {
        this.painter = painter;
    }

    public byte[] tile(int zoom, int x, int y) {
        return cache.get(zoom, x, y).orElseGet(() -> {
            byte[] tile = painter.paint(zoom, x, y);
            cache.put(zoom, x, y, tile);
            return tile;
        });
    }
}
