package app;

public class Main {
    int one() {
        Store store = new Store();
        return store.lookUp(1);
    }
}
