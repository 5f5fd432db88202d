#ifndef FILTER_H
#define FILTER_H

#include "level.h"

#include <stdbool.h>

/* The lowest level that passes; levels that do not exist are left out of account. */
void filter_set(enum level lowest);

/* How many of the messages so far did not pass. */
unsigned long filter_dropped(void);

bool filter_passes(enum level level);

#endif
