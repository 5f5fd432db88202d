#include "copy.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s FROM TO\n", argv[0]);
        return 2;
    }
    if (copy_file(argv[1], argv[2]) != 0) {
        fprintf(stderr, "%s: cannot copy %s to %s\n", argv[0], argv[1], argv[2]);
        return 1;
    }
    return 0;
}
