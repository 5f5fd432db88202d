#include "listing.h"

#include "device.h"

#include <stdlib.h>

void list_devices(FILE *out)
{
    for (int i = 0; i < device_count(); i++) {
        char *name = device_name(i);
        if (!name)
            continue;
        fprintf(out, "%2d %s\n", i, name);
        free(name);
    }
}
