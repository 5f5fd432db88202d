#include "listing.h"

#include "device.h"

void list_devices(FILE *out)
{
    for (int i = 0; i < device_count(); i++) {
        const char *name = device_name(i);
        if (name)
            fprintf(out, "%2d %s\n", i, name);
    }
}
