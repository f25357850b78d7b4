#ifndef SYS_SWAP_H
#define SYS_SWAP_H
#include <abi/swap.h>
int swapon(const char *path, int flags);
int swapoff(const char *path);
#endif
