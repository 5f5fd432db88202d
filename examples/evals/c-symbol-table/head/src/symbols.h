#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stddef.h>

/* Names to small numbers: 0, 1, 2 … in the order in which they are seen first. */
struct symbols {
    char **names;
    size_t count;
    size_t room;
    size_t *slots; /* 2 * room places, each a number + 1, or 0 where nothing is */
};

/* The number of a name, which is added when it is new; -1 without memory. */
long symbols_intern(struct symbols *symbols, const char *name);
void symbols_free(struct symbols *symbols);

#endif
