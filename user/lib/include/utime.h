#ifndef UTIME_H
#define UTIME_H
#include <abi/time.h>
int utime(const char *path, const struct utimbuf *times);
#endif
