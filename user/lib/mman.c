/* Mappings: mmap() and its relatives. */
#include <stdarg.h>
#include <abi/unistd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_SHIFT 12

void *mmap(void *addr, unsigned long length, int prot, int flags, int fd,
	   long offset)
{
	return (void *)syscall(__NR_mmap2, addr, length, prot, flags, fd,
			       offset >> PAGE_SHIFT);
}

int munmap(void *addr, unsigned long length)
{
	return syscall(__NR_munmap, addr, length);
}

int mprotect(void *addr, unsigned long length, int prot)
{
	return syscall(__NR_mprotect, addr, length, prot);
}

int msync(void *addr, unsigned long length, int flags)
{
	return syscall(__NR_msync, addr, length, flags);
}

int madvise(void *addr, unsigned long length, int advice)
{
	return syscall(__NR_madvise, addr, length, advice);
}

void *mremap(void *addr, unsigned long old_length, unsigned long new_length,
	     int flags, ...)
{
	va_list args;
	void *new_addr;

	va_start(args, flags);
	new_addr = flags & MREMAP_FIXED ? va_arg(args, void *) : NULL;
	va_end(args);
	return (void *)syscall(__NR_mremap, addr, old_length, new_length, flags,
			       new_addr);
}
