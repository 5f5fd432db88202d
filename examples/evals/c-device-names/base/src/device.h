#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>

/* Registers a device; gives its number, -1 when there is no room or the name is too long. */
int device_add(const char *name);

/* The name of a device as a copy that the caller frees, NULL when there is no such device. */
char *device_name(int number);

int device_count(void);

#endif
