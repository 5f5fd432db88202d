int f(const int *values, int count) {
  int best = 0;
  for (int at = 0; at < count; at++) {
    if (values[at] > best) {
      best = values[at];
    }
  }
  return best;
}
