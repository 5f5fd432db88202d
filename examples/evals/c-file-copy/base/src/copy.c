#include "copy.h"

#include <stdio.h>

int copy_file(const char *from, const char *to)
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
    int c;
    while ((c = getc(in)) != EOF) {
        if (putc(c, out) == EOF) {
            result = -1;
            break;
        }
    }
    if (ferror(in))
        result = -1;
    if (fflush(out) != 0)
        result = -1;
    fclose(out);
    fclose(in);
    return result;
}
