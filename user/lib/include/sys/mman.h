#ifndef SYS_MMAN_H
#define SYS_MMAN_H
#include <abi/mman.h>
#include <sys/types.h>

#define MAP_FAILED ((void *)-1)
#define MAP_ANON MAP_ANONYMOUS

void *mmap(void *addr, unsigned long length, int prot, int flags, int fd,
	   long offset);
int munmap(void *addr, unsigned long length);
int mprotect(void *addr, unsigned long length, int prot);
int msync(void *addr, unsigned long length, int flags);
int madvise(void *addr, unsigned long length, int advice);
void *mremap(void *addr, unsigned long old_length, unsigned long new_length,
	     int flags, ... /* void *new_addr */);
#endif
