#include "playlist.h"

#include <stdio.h>
#include <stdlib.h>

int playlist_add(struct playlist *list, const char *title, int seconds)
{
    struct song *song = calloc(1, sizeof *song);
    if (!song)
        return -1;
    snprintf(song->title, sizeof song->title, "%s", title);
    song->seconds = seconds;
    if (list->last)
        list->last->next = song;
    else
        list->first = song;
    list->last = song;
    list->count++;
    return 0;
}

int playlist_seconds(const struct playlist *list)
{
    int sum = 0;
    for (const struct song *song = list->first; song; song = song->next)
        sum += song->seconds;
    return sum;
}
