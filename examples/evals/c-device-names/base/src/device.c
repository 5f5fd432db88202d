#include "device.h"

#include <string.h>

enum { MOST = 16, LONGEST = 31 };

static struct {
    char name[LONGEST + 1];
} devices[MOST];
static int count;

int device_add(const char *name)
{
    if (count == MOST || strlen(name) > LONGEST)
        return -1;
    strcpy(devices[count].name, name);
    return count++;
}

char *device_name(int number)
{
    if (number < 0 || number >= count)
        return NULL;
    return strdup(devices[number].name);
}

int device_count(void)
{
    return count;
}
