#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>

enum { METRICS_MOST = 32 };

struct metric {
    const char *name; /* a literal */
    unsigned long value;
};

struct metrics {
    struct metric all[METRICS_MOST];
    int count;
};

/* Adds to a metric, which begins at 0; false when there is no room for another. */
bool metrics_add(struct metrics *metrics, const char *name, unsigned long value);

#endif
