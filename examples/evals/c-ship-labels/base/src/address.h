#ifndef ADDRESS_H
#define ADDRESS_H

struct address {
    const char *name;
    const char *street;
    const char *town; /* with the post code before it: "10115 Berlin" */
};

#endif
