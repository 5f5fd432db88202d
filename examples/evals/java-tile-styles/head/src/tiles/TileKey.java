package tiles;

public final class TileKey {
    private final int zoom;
    private final int x;
    private final int y;
    private final String style;

    public TileKey(int zoom, int x, int y, String style) {
        this.zoom = zoom;
        this.x = x;
        this.y = y;
        this.style = style;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TileKey k && zoom == k.zoom && x == k.x && y == k.y && style.equals(k.style);
    }

    @Override
    public int hashCode() {
        return ((zoom * 31 + x) * 31 + y) * 31 + style.hashCode();
    }
}
