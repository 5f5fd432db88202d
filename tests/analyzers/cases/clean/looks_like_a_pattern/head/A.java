class A {
    boolean isOpen() { return inner.isOpen(); }
    boolean isClosed() { return !inner.isOpen(); }
    void copy(byte[] b, int offset, int length) {
        for (int i = offset; i < offset + length; i++) { put(b[i]); }
    }
    public boolean equals(Object o) { return o instanceof A && ((A) o).n == n; }
    public int hashCode() { return n; }
}
