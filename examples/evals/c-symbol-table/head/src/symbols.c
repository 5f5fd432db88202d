#include "symbols.h"

#include <stdlib.h>
#include <string.h>

static size_t hash(const char *name)
{
    size_t value = 5381;
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        value = value * 33 + *c;
    return value;
}

/* Where a name is, or where it would go. At least half of the slots are free, so the search ends. */
static size_t *slot_of(char **names, size_t *slots, size_t size, const char *name)
{
    size_t at = hash(name) % size;
    while (slots[at] != 0 && strcmp(names[slots[at] - 1], name) != 0)
        at = (at + 1) % size;
    return &slots[at];
}

static int grow(struct symbols *symbols)
{
    size_t room = symbols->room ? symbols->room * 2 : 32;
    size_t *slots = calloc(room * 2, sizeof *slots);
    char **names = slots ? realloc(symbols->names, room * sizeof *names) : NULL;
    if (!names) {
        free(slots);
        return -1;
    }
    for (size_t i = 0; i < symbols->count; i++)
        *slot_of(names, slots, room * 2, names[i]) = i + 1;
    free(symbols->slots);
    symbols->names = names;
    symbols->slots = slots;
    symbols->room = room;
    return 0;
}

long symbols_intern(struct symbols *symbols, const char *name)
{
    if (symbols->count == symbols->room && grow(symbols) != 0)
        return -1;
    size_t *slot = slot_of(symbols->names, symbols->slots, symbols->room * 2, name);
    if (*slot == 0) {
        char *copy = strdup(name);
        if (!copy)
            return -1;
        symbols->names[symbols->count++] = copy;
        *slot = symbols->count;
    }
    return (long)(*slot - 1);
}

void symbols_free(struct symbols *symbols)
{
    for (size_t i = 0; i < symbols->count; i++)
        free(symbols->names[i]);
    free(symbols->names);
    free(symbols->slots);
    *symbols = (struct symbols){0};
}
