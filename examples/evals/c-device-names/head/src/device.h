#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>

/* Registers a device; gives its number, -1 when there is no room or the name is too long. */
int device_add(const char *name);

/* The name of a device, which lives as long as the program does; NULL when there is no such device. */
char *device_name(int number);

/* The number of the device with this name, -1 when there is none. */
int device_find(const char *name);

int device_count(void);

#endif
