#ifndef FILTER_H
#define FILTER_H

#include "level.h"

#include <stdbool.h>

void filter_set(enum level lowest);
bool filter_passes(enum level level);

#endif
