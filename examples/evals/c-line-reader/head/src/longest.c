#include "longest.h"

#include "lines.h"

#include <string.h>

static void look(const char *line, void *data)
{
    size_t *longest = data;
    size_t length = strlen(line);
    if (length > *longest)
        *longest = length;
}

size_t longest_line(FILE *in)
{
    size_t longest = 0;
    return each_line(in, look, &longest) < 0 ? 0 : longest;
}
