package app;

public class Square implements Shape {
    public int area() {
        return 1;
    }
}
