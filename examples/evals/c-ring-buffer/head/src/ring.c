#include "ring.h"

void ring_init(struct ring *ring)
{
    ring->written = 0;
    ring->taken = 0;
}

bool ring_put(struct ring *ring, unsigned char byte)
{
    if (ring_used(ring) == RING_SIZE)
        return false;
    ring->bytes[ring->written & (RING_SIZE - 1)] = byte;
    ring->written++;
    return true;
}

bool ring_get(struct ring *ring, unsigned char *byte)
{
    if (ring_used(ring) == 0)
        return false;
    *byte = ring->bytes[ring->taken & (RING_SIZE - 1)];
    ring->taken++;
    return true;
}

size_t ring_used(const struct ring *ring)
{
    return (uint32_t)(ring->written - ring->taken);
}
