package geo;

import java.util.List;

public record Polygon(List<Point> corners) {
    public Polygon {
        if (corners.size() < 3) {
            throw new IllegalArgumentException("a polygon has three corners or more");
        }
        corners = List.copyOf(corners);
    }

    public double area() {
        double sum = 0;
        for (int i = 0; i < corners.size(); i++) {
            Point a = corners.get(i);
            Point b = corners.get((i + 1) % corners.size());
            sum += a.x() * b.y() - b.x() * a.y();
        }
        return Math.abs(sum) / 2;
    }
}
