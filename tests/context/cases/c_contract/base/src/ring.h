#define RING_FIRST 64
#define RING_MOST (1 << 20)

enum { RING_OK = 0, RING_FULL = -1 };

struct ring;

struct ring *ring_new(void);

/**
 * Appends a copy of the data.
 * @return RING_OK on success
 */
int ring_put(struct ring *r, const void *data, int length);
