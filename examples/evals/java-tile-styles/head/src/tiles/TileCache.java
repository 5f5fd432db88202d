package tiles;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

public final class TileCache {
    private final Map<TileKey, byte[]> tiles = new HashMap<>();

    public void put(int zoom, int x, int y, String style, byte[] tile) {
        tiles.put(new TileKey(zoom, x, y, style), tile);
    }

    public Optional<byte[]> get(int zoom, int x, int y, String style) {
        return Optional.ofNullable(tiles.get(new TileKey(zoom, x, y, style)));
    }
}
