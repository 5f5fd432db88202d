#ifndef STATUS_H
#define STATUS_H

#include <stddef.h>

/* Writes a line about a device; -1 when there is no such device, or no room. */
int status_line(char *line, size_t size, int number, int temperature);

#endif
