#include "address.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s NAME STREET TOWN\n", argv[0]);
        return 2;
    }
    struct address to = {argv[1], argv[2], argv[3]};
    printf("%s\n%s\n%s\n", to.name, to.street, to.town);
    return 0;
}
