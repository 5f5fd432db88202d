#include <assert.h>

#include "swap.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f(3, 3) == 33);
  if (argc > 1)
    assert(f(1, 2) == 21);
  return 0;
}
