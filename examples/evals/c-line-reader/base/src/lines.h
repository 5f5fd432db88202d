#ifndef LINES_H
#define LINES_H

#include <stdio.h>

/* Calls `each` with every line of `in`, without its end. Gives the number of lines, -1 on an error. */
long each_line(FILE *in, void (*each)(const char *line, void *data), void *data);

#endif
