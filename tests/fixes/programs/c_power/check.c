#include <assert.h>

#include "power.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f(1, 5) == 1);
  if (argc > 1)
    assert(f(2, 3) == 8);
  return 0;
}
