package tiles;

public final class TileKey {
    private final int zoom;
    private final int x;
    private final int y;

    public TileKey(int zoom, int x, int y) {
        this.zoom = zoom;
        this.x = x;
        this.y = y;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TileKey k && zoom == k.zoom && x == k.x && y == k.y;
    }

    @Override
    public int hashCode() {
        return (zoom * 31 + x) * 31 + y;
    }
}
