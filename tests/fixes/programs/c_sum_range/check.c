#include <assert.h>

#include "sum_range.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f(0, 0) == 0);
  if (argc > 1)
    assert(f(1, 3) == 6);
  return 0;
}
