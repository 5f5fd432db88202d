int f(int value) {
  if (value < 0)
    return value;
  return value;
}
