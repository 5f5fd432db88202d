int f(int base, int exponent) {
  int result = base;
  while (exponent-- > 0) {
    result *= base;
  }
  return result;
}
