package app;

public class Store {
    public int load(int id) {
        return id;
    }
}
