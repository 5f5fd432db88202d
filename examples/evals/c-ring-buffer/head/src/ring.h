#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_SIZE 64u

_Static_assert((RING_SIZE & (RING_SIZE - 1)) == 0, "the size of a ring is a power of two");

/*
 * Bytes in the order in which they came. Both counters only ever rise; when they pass UINT32_MAX they go on at 0, and
 * their difference, which is taken in 32 bits as well, still says how many bytes there are.
 */
struct ring {
    unsigned char bytes[RING_SIZE];
    uint32_t written;
    uint32_t taken;
};

void ring_init(struct ring *ring);
bool ring_put(struct ring *ring, unsigned char byte);
bool ring_get(struct ring *ring, unsigned char *byte);
size_t ring_used(const struct ring *ring);

#endif
