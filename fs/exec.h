/* Shared by exec.c and elf.c: a program on its way into memory. */
#ifndef FS_EXEC_H
#define FS_EXEC_H

#include <cowix/fs.h>
#include <cowix/mm.h>
#include <abi/elf.h>

#define ARG_PAGES	32u		/* 128 KB for strings, pointers and the auxiliary vector together */
#define HEADER_SIZE	128u

/*
 * The top of the new stack is built in page frames that nobody has mapped yet, as if they ended at STACK_TOP: `at` is the lowest address
 * used so far. Everything that can fail happens here, before the old program is given up.
 */
struct program {
	struct list link;		/* all that are under way */
	struct inode *inode;
	struct mm *mm;
	u32 entry;
	u32 at;
	u32 argc, envc;
	u32 euid, egid;			/* whose rights it will have */
	u32 phdr_addr, phdr_count;	/* for the auxiliary vector */
	u64 sig_blocked;		/* of the thread that called, where another takes over */
	u32 frames[ARG_PAGES];
	u8 header[HEADER_SIZE];		/* the file's first bytes, zero-padded */
};

int load_elf(struct program *program);	/* fills mm and entry; -ENOEXEC: not an ELF file that can run */

#endif
