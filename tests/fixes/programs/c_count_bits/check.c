#include <assert.h>

#include "count_bits.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f(1) == 1 && f(0) == 0);
  if (argc > 1)
    assert(f(7) == 3);
  return 0;
}
