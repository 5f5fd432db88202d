#include "status.h"

#include "device.h"

#include <stdio.h>
#include <stdlib.h>

int status_line(char *line, size_t size, int number, int temperature)
{
    char *name = device_name(number);
    if (!name)
        return -1;
    int length = snprintf(line, size, "%s: %d degrees", name, temperature);
    return length >= 0 && (size_t)length < size ? 0 : -1;
}
