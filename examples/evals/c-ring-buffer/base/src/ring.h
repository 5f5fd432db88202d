#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>

#define RING_SIZE 64

/* Bytes between an interrupt and the main loop. */
struct ring {
    unsigned char bytes[RING_SIZE];
    size_t head; /* where the next byte goes */
    size_t tail; /* where the oldest byte is */
    size_t used;
};

void ring_init(struct ring *ring);
bool ring_put(struct ring *ring, unsigned char byte);
bool ring_get(struct ring *ring, unsigned char *byte);
size_t ring_used(const struct ring *ring);

#endif
