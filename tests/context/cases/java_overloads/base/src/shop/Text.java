package shop;

class Text {
    private final char[] buffer;
    private int size;

    Text(char[] buffer) {
        this.buffer = buffer;
        this.size = buffer.length;
    }

    void clear() {
        size = 0;
    }

    int last(char wanted) {
        return last(wanted, size - 1);
    }

    int last(String wanted) {
        return last(wanted, size);
    }

    int last(char wanted, int start) {
        for (int at = Math.min(start, size - 1); at >= 0; at--) {
            if (buffer[at] == wanted) {
                return at;
            }
        }
        return -1;
    }

    int last(String wanted, int start) {
        int from = start >= size ? size - wanted.length() : start;
        for (int at = from; at >= 0; at--) {
            if (matches(wanted, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean matches(String wanted, int at) {
        return new String(buffer, at, wanted.length()).equals(wanted);
    }
}
