#include "copy.h"

#include <stdio.h>

static void show(long copied, void *data)
{
    fprintf(data, "\r%ld bytes", copied);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s FROM TO\n", argv[0]);
        return 2;
    }
    if (copy_file(argv[1], argv[2], show, stderr) != 0) {
        fprintf(stderr, "\n%s: cannot copy %s to %s\n", argv[0], argv[1], argv[2]);
        return 1;
    }
    fputc('\n', stderr);
    return 0;
}
