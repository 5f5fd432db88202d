package app;

public class Store {
    public int lookUp(int id) {
        return id;
    }
}
