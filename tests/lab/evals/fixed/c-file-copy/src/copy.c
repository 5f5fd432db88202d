#include "copy.h"

#include <stdio.h>

enum { BLOCK = 16 * 1024 };

int copy_file(const char *from, const char *to, copy_progress *progress, void *data)
{
    FILE *in = fopen(from, "rb");
    if (!in)
        return -1;
    FILE *out = fopen(to, "wb");
    if (!out) {
        fclose(in);
        return -1;
    }
    int result = 0;
    long copied = 0;
    char block[BLOCK];
    size_t n;
    while ((n = fread(block, 1, sizeof block, in)) > 0) {
        if (fwrite(block, 1, n, out) != n) {
            result = -1;
            break;
        }
        copied += (long)n;
        if (progress)
            progress(copied, data);
    }
    if (ferror(in))
        result = -1;
    if (fflush(out) != 0)
        result = -1;
    fclose(out);
    fclose(in);
    return result;
}
