#include "ring.h"
#include <stdlib.h>
#include <string.h>

struct ring {
  unsigned char *bytes;
  int size;
  int used;
};

struct ring *ring_new(void) {
  struct ring *r = malloc(sizeof *r);
  r->bytes = malloc(RING_FIRST);
  r->size = RING_FIRST;
  r->used = 0;
  return r;
}

static int grow(struct ring *r, int wanted) {
  int size = r->size;
  while (size < wanted) {
    if (size > RING_MOST / 2) return RING_FULL;
    size *= 2;
  }
  r->bytes = realloc(r->bytes, size);
  r->size = size;
  return RING_OK;
}

void ring_free(struct ring *r) {
  free(r->bytes);
  free(r);
}

int ring_put(struct ring *r, const void *data, int length) {
  if (r->used + length > r->size) {
    int failed = grow(r, r->used + length);
    if (failed) return failed;
  }
  memcpy(r->bytes + r->used, data, length);
  r->used += length;
  return RING_OK;
}
