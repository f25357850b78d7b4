/* mmap() and its relatives, as Linux i386 has them. */
#ifndef ABI_MMAN_H
#define ABI_MMAN_H

#define PROT_NONE	0
#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
#define PROT_GROWSDOWN	0x01000000

#define MAP_SHARED	0x01
#define MAP_PRIVATE	0x02
#define MAP_TYPE	0x0F
#define MAP_FIXED	0x10
#define MAP_ANONYMOUS	0x20
#define MAP_NORESERVE	0x4000
#define MAP_FIXED_NOREPLACE 0x100000

#define MS_ASYNC	1
#define MS_INVALIDATE	2
#define MS_SYNC		4

#define MADV_DONTNEED	4
#define MADV_PAGEOUT	21
#define MADV_HIGHEST	25

#define MREMAP_MAYMOVE	1
#define MREMAP_FIXED	2

#endif
