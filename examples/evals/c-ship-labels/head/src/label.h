#ifndef LABEL_H
#define LABEL_H

#include "address.h"

#include <stdbool.h>
#include <stdio.h>

/* What fits on the printer's paper. Longer texts are cut. */
struct label {
    char name[25];
    char street[25];
    char code[6];
    char town[20];
};

/* Fills a label; false when the town has no post code of five digits. */
bool label_fill(struct label *label, const struct address *to);

/* Prints a label with a frame. */
void label_print(const struct label *label, FILE *out);

#endif
