#include "metrics.h"

#include <stdio.h>
#include <string.h>

static int find_index(const struct metrics *metrics, const char *name)
{
    for (int i = 0; i < metrics->count; i++)
        if (strcmp(metrics->all[i].name, name) == 0)
            return i;
    return -1;
}

static struct metric *find(struct metrics *metrics, const char *name)
{
    int index = find_index(metrics, name);
    return index < 0 ? NULL : &metrics->all[index];
}

unsigned long metrics_value(const struct metrics *metrics, const char *name)
{
    int index = find_index(metrics, name);
    return index < 0 ? 0 : metrics->all[index].value;
}

long metrics_text(const struct metrics *metrics, char *text, size_t size)
{
    size_t used = 0;
    unsigned long total = 0;
    if (size == 0)
        return -1;
    text[0] = '\0';
    for (int i = 0; i < metrics->count; i++) {
        const struct metric *metric = &metrics->all[i];
        int n = snprintf(text + used, size - used, "%s %lu\n", metric->name, metric->value);
        if (n < 0 || (size_t)n >= size - used)
            return -1;
        used += (size_t)n;
        total += metric->value;
    }
    int n = snprintf(text + used, size - used, "total %lu\n", total);
    if (n < 0 || (size_t)n >= size - used)
        return -1;
    return (long)(used + (size_t)n);
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
