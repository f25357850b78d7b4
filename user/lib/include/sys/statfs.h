#ifndef SYS_STATFS_H
#define SYS_STATFS_H
#include <abi/statfs.h>
int statfs(const char *path, struct statfs *st);
#endif
