#include <assert.h>

#include "max_of.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f((int[]){1, 5, 2}, 3) == 5);
  if (argc > 1)
    assert(f((int[]){-3, -1}, 2) == -1);
  return 0;
}
