#ifndef LONGEST_H
#define LONGEST_H

#include <stdio.h>

size_t longest_line(FILE *in);

#endif
