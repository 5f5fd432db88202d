package geo;

import java.util.ArrayList;
import java.util.List;

public final class Polygon {
    private final List<Point> corners;

    public Polygon(List<Point> corners) {
        if (corners.size() < 3) {
            throw new IllegalArgumentException("a polygon has three corners or more");
        }
        this.corners = new ArrayList<>(corners);
    }

    public double area() {
        double sum = 0;
        for (int i = 0; i < corners.size(); i++) {
            Point a = corners.get(i);
            Point b = corners.get(i == corners.size() - 1 ? 0 : i + 1);
            sum += a.x() * b.y() - b.x() * a.y();
        }
        return Math.abs(sum) / 2;
    }

    public List<Point> corners() {
        return new ArrayList<>(corners);
    }
}
