#include "filter.h"

static enum level lowest = LEVEL_INFO;

void filter_set(enum level level)
{
    lowest = level;
}

bool filter_passes(enum level level)
{
    return level >= lowest;
}
