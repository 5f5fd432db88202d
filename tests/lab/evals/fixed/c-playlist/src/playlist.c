#include "playlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Takes `song` out of the list; `before` is the one before it, NULL for the first. */
static void unlink_song(struct playlist *list, struct song *before, struct song *song)
{
    if (before)
        before->next = song->next;
    else
        list->first = song->next;
    if (list->last == song)
        list->last = before;
    list->count--;
}

size_t playlist_remove_shorter(struct playlist *list, int seconds)
{
    size_t removed = 0;
    struct song *before = NULL;
    for (struct song *song = list->first, *next; song; song = next) {
        next = song->next;
        if (song->seconds >= seconds) {
            before = song;
            continue;
        }
        unlink_song(list, before, song);
        free(song);
        removed++;
    }
    return removed;
}

int playlist_remove(struct playlist *list, const char *title)
{
    struct song *before = NULL;
    for (struct song *song = list->first; song; before = song, song = song->next) {
        if (strcmp(song->title, title) == 0) {
            unlink_song(list, before, song);
            free(song);
            return 0;
        }
    }
    return -1;
}

void playlist_clear(struct playlist *list)
{
    while (list->first) {
        struct song *song = list->first;
        unlink_song(list, NULL, song);
        free(song);
    }
}

int playlist_seconds(const struct playlist *list)
{
    int sum = 0;
    for (const struct song *song = list->first; song; song = song->next)
        sum += song->seconds;
    return sum;
}
