package app;

public class Store {
    public int fetch(int id) {
        return id;
    }
}
