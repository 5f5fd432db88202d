#ifndef LEVEL_H
#define LEVEL_H

/* How much a message matters; higher is worse. */
enum level {
    LEVEL_DEBUG,
    LEVEL_INFO,
    LEVEL_WARNING,
    LEVEL_ERROR,
    LEVEL_COUNT
};

#endif
