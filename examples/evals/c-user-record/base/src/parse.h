#ifndef PARSE_H
#define PARSE_H

#include "user.h"

/* Reads `name:id`; false when the line is none. */
bool parse_user(const char *line, struct user *user);

#endif
