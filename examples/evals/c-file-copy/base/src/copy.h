#ifndef COPY_H
#define COPY_H

/* Copies a file; 0, or -1 when it cannot be read or written as a whole. */
int copy_file(const char *from, const char *to);

#endif
