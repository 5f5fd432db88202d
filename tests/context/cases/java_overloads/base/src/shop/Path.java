package shop;

class Path {
    static final String SEPARATOR = "/";
    private final Text text;

    Path(Text text) {
        this.text = text;
    }

    int cut() {
        return text.last(SEPARATOR) + 1;
    }
}
