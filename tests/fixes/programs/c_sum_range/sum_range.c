int f(int low, int high) {
  int total = 0;
  for (int at = low; at < high; at++) {
    total += at;
  }
  return total;
}
