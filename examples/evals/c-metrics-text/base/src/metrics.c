#include "metrics.h"

#include <string.h>

static struct metric *find(struct metrics *metrics, const char *name)
{
    for (int i = 0; i < metrics->count; i++)
        if (strcmp(metrics->all[i].name, name) == 0)
            return &metrics->all[i];
    return NULL;
}

bool metrics_add(struct metrics *metrics, const char *name, unsigned long value)
{
    struct metric *metric = find(metrics, name);
    if (!metric) {
        if (metrics->count == METRICS_MOST)
            return false;
        metric = &metrics->all[metrics->count++];
        *metric = (struct metric){.name = name};
    }
    metric->value += value;
    return true;
}
