int f(unsigned value) {
  int bits = 0;
  while (value) {
    bits += value & 1;
    value >>= 2;
  }
  return bits;
}
