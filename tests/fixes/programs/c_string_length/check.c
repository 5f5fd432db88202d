#include <assert.h>

#include "string_length.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f("a") > 0);
  if (argc > 1)
    assert(f("abc") == 3);
  return 0;
}
