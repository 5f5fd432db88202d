#include "join.h"

bool join(struct sb *sb, const char *const *parts, size_t count, char separator)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && !sb_add_char(sb, separator))
            return false;
        if (!sb_add(sb, parts[i]))
            return false;
    }
    return true;
}
