#include "ring.h"

void ring_init(struct ring *ring)
{
    ring->head = 0;
    ring->tail = 0;
    ring->used = 0;
}

bool ring_put(struct ring *ring, unsigned char byte)
{
    if (ring->used == RING_SIZE)
        return false;
    ring->bytes[ring->head] = byte;
    ring->head++;
    if (ring->head == RING_SIZE)
        ring->head = 0;
    ring->used++;
    return true;
}

bool ring_get(struct ring *ring, unsigned char *byte)
{
    if (ring->used == 0)
        return false;
    *byte = ring->bytes[ring->tail];
    ring->tail++;
    if (ring->tail == RING_SIZE)
        ring->tail = 0;
    ring->used--;
    return true;
}

size_t ring_used(const struct ring *ring)
{
    return ring->used;
}
