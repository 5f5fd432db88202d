#ifndef PLAYLIST_H
#define PLAYLIST_H

#include <stddef.h>

struct song {
    char title[64];
    int seconds;
    struct song *next;
};

struct playlist {
    struct song *first;
    struct song *last;
    size_t count;
};

/* Adds a song at the end; 0, or -1 without memory. Long titles are cut. */
int playlist_add(struct playlist *list, const char *title, int seconds);
int playlist_seconds(const struct playlist *list);

#endif
