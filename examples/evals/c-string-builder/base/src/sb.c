#include "sb.h"

#include <stdlib.h>
#include <string.h>

bool sb_add(struct sb *sb, const char *text)
{
    size_t n = strlen(text);
    if (sb->room < sb->length + n + 1) {
        size_t room = sb->room ? sb->room : 16;
        while (room < sb->length + n + 1)
            room *= 2;
        char *grown = realloc(sb->text, room);
        if (!grown)
            return false;
        sb->text = grown;
        sb->room = room;
    }
    memcpy(sb->text + sb->length, text, n + 1);
    sb->length += n;
    return true;
}

bool sb_add_char(struct sb *sb, char c)
{
    if (sb->room < sb->length + 2) {
        size_t room = sb->room ? sb->room * 2 : 16;
        char *grown = realloc(sb->text, room);
        if (!grown)
            return false;
        sb->text = grown;
        sb->room = room;
    }
    sb->text[sb->length++] = c;
    sb->text[sb->length] = '\0';
    return true;
}

void sb_free(struct sb *sb)
{
    free(sb->text);
    *sb = (struct sb){0};
}
