#include <assert.h>

#include "absolute.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f(3) == 3);
  if (argc > 1)
    assert(f(-2) == 2);
  return 0;
}
