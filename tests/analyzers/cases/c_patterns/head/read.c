#include <stdbool.h>

int load(const char *path)
{
	int fd;
	if ((fd = open(path, 0) < 0))
		return -1;
	return fd;
}

bool seed(void *p)
{
	bool ok = getentropy(p, 16);
	return ok;
}
