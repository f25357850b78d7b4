#ifndef FCNTL_H
#define FCNTL_H
#include <abi/fcntl.h>
int open(const char *path, int flags, ...);
int creat(const char *path, unsigned mode);
int fcntl(int fd, int command, ...);
#endif
