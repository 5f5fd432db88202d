#include <assert.h>

#include "is_vowel.c"

int main(int argc, char **argv) {
  (void)argv;
  assert(f('a') == 1 && f('x') == 0);
  if (argc > 1)
    assert(f('u') == 1);
  return 0;
}
