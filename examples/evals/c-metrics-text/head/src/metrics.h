#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stddef.h>

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

/* The value of a metric, 0 for one that was never added to. */
unsigned long metrics_value(const struct metrics *metrics, const char *name);

/*
 * Writes a line "name value" for every metric, and "total value" at the end. Gives the length of the text, -1 when it
 * does not fit; `text` is terminated even then.
 */
long metrics_text(const struct metrics *metrics, char *text, size_t size);

#endif
