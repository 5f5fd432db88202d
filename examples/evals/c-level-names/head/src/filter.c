#include "filter.h"

static enum level lowest = LEVEL_INFO;
static unsigned long dropped;

void filter_set(enum level level)
{
    if (level < LEVEL_COUNT)
        lowest = level;
}

bool filter_passes(enum level level)
{
    if (level >= lowest)
        return true;
    dropped++;
    return false;
}

unsigned long filter_dropped(void)
{
    return dropped;
}
