#include "lines.h"

#include <stdlib.h>
#include <string.h>

long each_line(FILE *in, void (*each)(const char *line, void *data), void *data)
{
    size_t room = 128, length = 0;
    char *line = malloc(room);
    long count = 0;
    int c;
    if (!line)
        return -1;
    while ((c = fgetc(in)) != EOF) {
        if (c == '\n') {
            line[length] = '\0';
            each(line, data);
            count++;
            length = 0;
            continue;
        }
        if (length + 1 == room) {
            char *grown = realloc(line, room * 2);
            if (!grown) {
                free(line);
                return -1;
            }
            line = grown;
            room *= 2;
        }
        line[length++] = (char)c;
    }
    if (length > 0) {
        line[length] = '\0';
        each(line, data);
        count++;
    }
    free(line);
    return ferror(in) ? -1 : count;
}
