/*
 * Shared by exec.c, exec_args.c, exec_script.c and elf.c: a program on its way
 * into memory.
 */
#ifndef FS_EXEC_H
#define FS_EXEC_H

#include <cowix/fs.h>
#include <cowix/mm.h>
#include <abi/elf.h>

#define HEADER_SIZE	256u		/* a #! line is at most as long */

/*
 * The new stack is built in the new address space, which only this knows: `at`
 * is the lowest address used so far. Everything that can fail happens here,
 * before the old program is given up.
 */
struct program {
	struct inode *inode;
	struct mm *mm;
	u32 entry;
	u32 at, bottom;			/* at stays above bottom */
	u32 argc, envc;
	u32 filename;			/* addresses on the stack: its path, */
	u32 identity_at;		/* what tell_identity() writes */
	struct identity identity;	/* of the thread that called, */
	u64 sig_blocked;		/* where another takes over */
	u32 phdr_addr, phdr_count;	/* for the auxiliary vector */
	char comm[sizeof(((struct task_struct *)0)->comm)];
	u8 header[HEADER_SIZE];	/* the file's first bytes, zero-padded */
};

/* exec_args.c: 0, -E2BIG, -EFAULT, -ENOMEM, -EINTR */
int push_arguments(struct program *p, const char *path,
		   const u32 __user *argv, const u32 __user *envp);
int push_kernel_arguments(struct program *p, const char *path,
			  char *const envp[]);
int replace_argv0(struct program *p, const char *path, const char *argument,
		  const char *interpreter);
int finish_stack(struct program *p);
void tell_identity(struct program *p, bool secure);

/* exec_script.c: p->header is of a script. -ENOEXEC: it names no interpreter */
int parse_script(u8 *header, char **interpreter, char **argument);

/* elf.c: fills mm and entry. -ENOEXEC: not an ELF file that can run */
int load_elf(struct program *program);

#endif
