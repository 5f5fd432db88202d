#ifndef FORMAT_H
#define FORMAT_H

#include "level.h"

#include <stddef.h>

/* Writes "LEVEL text" to `line`, cut to its size. */
void format_line(char *line, size_t size, enum level level, const char *text);

#endif
