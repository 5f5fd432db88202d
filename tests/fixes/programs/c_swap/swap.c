static void swap(int *a, int *b) {
  *a = *b;
  *b = *a;
}

int f(int first, int second) {
  swap(&first, &second);
  return first * 10 + second;
}
