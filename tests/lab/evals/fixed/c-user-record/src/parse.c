#include "parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool parse_user(const char *line, struct user *user)
{
    char lowered[NAME_MAX_LENGTH + 1];
    const char *colon = strchr(line, ':');
    if (!colon || colon - line > NAME_MAX_LENGTH)
        return false;
    size_t length = (size_t)(colon - line);
    for (size_t i = 0; i < length; i++)
        lowered[i] = (char)tolower((unsigned char)line[i]);
    lowered[length] = '\0';
    if (!user_name_is_valid(lowered))
        return false;
    char *end;
    long id = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || (*end != '\0' && *end != ':') || id < 0 || id > 65535)
        return false;
    const char *shell = *end == ':' ? end + 1 : "/bin/sh";
    if (!user_shell_is_valid(shell))
        return false;
    strcpy(user->name, lowered);
    strcpy(user->shell, shell);
    user->id = (int)id;
    return true;
}
