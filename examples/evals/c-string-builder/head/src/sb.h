#ifndef SB_H
#define SB_H

#include <stdbool.h>
#include <stddef.h>

/* A string that grows. After a failed allocation it stays as it was. */
struct sb {
    char *text; /* always terminated, NULL while empty */
    size_t length;
    size_t room;
};

bool sb_add(struct sb *sb, const char *text);
bool sb_add_char(struct sb *sb, char c);
void sb_free(struct sb *sb);

#endif
