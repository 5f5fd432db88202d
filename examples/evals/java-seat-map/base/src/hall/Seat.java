package hall;

/** A seat. Rows are letters, numbers count from 1. */
public final class Seat {
    private final String row;
    private final Integer number;

    public Seat(String row, Integer number) {
        this.row = row;
        this.number = number;
    }

    public String row() {
        return row;
    }

    public Integer number() {
        return number;
    }
}
