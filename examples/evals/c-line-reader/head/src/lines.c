#include "lines.h"

#include <stdlib.h>
#include <sys/types.h>

long each_line(FILE *in, void (*each)(const char *line, void *data), void *data)
{
    char *line = NULL; /* getline makes it, lets it grow, and leaves it to us even when it fails */
    size_t room = 0;
    long count = 0;
    ssize_t length;
    while ((length = getline(&line, &room, in)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        each(line, data);
        count++;
    }
    free(line);
    return feof(in) ? count : -1;
}
