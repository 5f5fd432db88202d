#ifndef LISTING_H
#define LISTING_H

#include <stdio.h>

void list_devices(FILE *out);

#endif
