#include "symbols.h"

#include <stdlib.h>
#include <string.h>

long symbols_intern(struct symbols *symbols, const char *name)
{
    for (size_t i = 0; i < symbols->count; i++)
        if (strcmp(symbols->names[i], name) == 0)
            return (long)i;
    if (symbols->count == symbols->room) {
        size_t room = symbols->room ? symbols->room * 2 : 32;
        char **names = realloc(symbols->names, room * sizeof *names);
        if (!names)
            return -1;
        symbols->names = names;
        symbols->room = room;
    }
    char *copy = strdup(name);
    if (!copy)
        return -1;
    symbols->names[symbols->count] = copy;
    return (long)symbols->count++;
}

void symbols_free(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        free(symbols->names[i]);
    free(symbols->names);
    *symbols = (struct symbols){0};
}
