#include "device.h"

#include <string.h>

enum { MOST = 16, LONGEST = 31 };

static struct {
    char name[LONGEST + 1];
} devices[MOST];
static int count;

int device_find(const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(devices[i].name, name) == 0)
            return i;
    return -1;
}

int device_add(const char *name)
{
    if (count == MOST || strlen(name) > LONGEST || device_find(name) >= 0)
        return -1;
    strcpy(devices[count].name, name);
    return count++;
}

char *device_name(int number)
{
    if (number < 0 || number >= count)
        return NULL;
    return devices[number].name;
}

int device_count(void)
{
    return count;
}
