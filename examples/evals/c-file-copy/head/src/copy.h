#ifndef COPY_H
#define COPY_H

/* Is told after every block how many bytes are copied so far; `data` is what copy_file was given. */
typedef void copy_progress(long copied, void *data);

/* Copies a file; 0, or -1 when it cannot be read or written as a whole. `progress` may be NULL. */
int copy_file(const char *from, const char *to, copy_progress *progress, void *data);

#endif
