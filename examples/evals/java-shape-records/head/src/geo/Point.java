package geo;

/** A point of the plane. Records compare doubles with {@link Double#compare}: NaN equals itself. */
public record Point(double x, double y) {}
