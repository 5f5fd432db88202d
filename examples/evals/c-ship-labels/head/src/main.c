#include "label.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s NAME STREET TOWN\n", argv[0]);
        return 2;
    }
    struct address to = {argv[1], argv[2], argv[3]};
    struct label label;
    if (!label_fill(&label, &to)) {
        fprintf(stderr, "%s: no post code in %s\n", argv[0], to.town);
        return 1;
    }
    label_print(&label, stdout);
    return 0;
}
