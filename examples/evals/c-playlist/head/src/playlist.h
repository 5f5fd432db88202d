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

/* Removes every song that lasts less than `seconds`; gives how many there were. */
size_t playlist_remove_shorter(struct playlist *list, int seconds);

/* Removes the first song with this title; 0, or -1 when there is none. */
int playlist_remove(struct playlist *list, const char *title);

void playlist_clear(struct playlist *list);

#endif
