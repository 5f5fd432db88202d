class A {
  private static final int ONE = 1;

  int f() {
    return ONE;
  }
}
