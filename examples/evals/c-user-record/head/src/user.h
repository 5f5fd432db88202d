#ifndef USER_H
#define USER_H

#include <stdbool.h>

/* Names are as long as the directory service allows. */
enum { NAME_MAX_LENGTH = 64, SHELL_MAX_LENGTH = 31 };

struct user {
    char name[NAME_MAX_LENGTH + 1];
    char shell[SHELL_MAX_LENGTH + 1];
    int id;
};

/* An absolute path that fits, without empty parts. */
bool user_shell_is_valid(const char *shell);

/* Lower-case letters, digits and dashes, beginning with a letter. */
bool user_name_is_valid(const char *name);

#endif
