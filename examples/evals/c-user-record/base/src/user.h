#ifndef USER_H
#define USER_H

#include <stdbool.h>

enum { NAME_MAX_LENGTH = 31 };

struct user {
    char name[NAME_MAX_LENGTH + 1];
    int id;
};

/* Lower-case letters, digits and dashes, beginning with a letter. */
bool user_name_is_valid(const char *name);

#endif
