#include "format.h"

#include <stdio.h>

static const char *const names[] = {"DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "?"};

void format_line(char *line, size_t size, enum level level, const char *text)
{
    if (level < 0 || level > LEVEL_COUNT)
        level = LEVEL_COUNT;
    snprintf(line, size, "%s %s", names[level], text);
}
