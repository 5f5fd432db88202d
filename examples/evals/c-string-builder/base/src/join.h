#ifndef JOIN_H
#define JOIN_H

#include "sb.h"

bool join(struct sb *sb, const char *const *parts, size_t count, char separator);

#endif
