#include "sb.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 16 };

/* Makes room for `more` bytes and the terminator. */
static bool reserve(struct sb *sb, size_t more)
{
    if (more > SIZE_MAX / 2 - sb->length - 1)
        return false; /* twice the room could not be counted */
    size_t wanted = sb->length + more + 1;
    if (wanted <= sb->room)
        return true;
    size_t room = sb->room ? sb->room : SMALLEST;
    while (room < wanted)
        room *= 2;
    char *grown = realloc(sb->text, room);
    if (!grown)
        return false;
    sb->text = grown;
    sb->room = room;
    return true;
}

static bool add(struct sb *sb, const char *bytes, size_t n)
{
    if (!reserve(sb, n))
        return false;
    memcpy(sb->text + sb->length, bytes, n);
    sb->length += n;
    sb->text[sb->length] = '\0';
    return true;
}

bool sb_add(struct sb *sb, const char *text)
{
    return add(sb, text, strlen(text));
}

bool sb_add_char(struct sb *sb, char c)
{
    return add(sb, &c, 1);
}

void sb_free(struct sb *sb)
{
    free(sb->text);
    *sb = (struct sb){0};
}
