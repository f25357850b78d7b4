/* Shared by exec.c, exec_args.c, exec_script.c and elf.c. */
#ifndef FS_EXEC_H
#define FS_EXEC_H

#include <cowix/fs.h>
#include <cowix/mm.h>
#include <abi/elf.h>

#define HEADER_SIZE	256u		/* a #! line is at most as long */

/*
 * A program that is being loaded. Its stack is built in the new address space,
 * to which only this refers. All that can fail is done with this, before the
 * old program is given up.
 */
struct program {
	struct inode *inode;
	struct mm *mm;
	u32 start;			/* where it begins: the interpreter */
	u32 entry;			/* its own entry point, for AT_ENTRY */
	u32 interpreter_base;		/* for AT_BASE; 0: there is none */
	bool stack_exec;		/* code on its stack may run */
	u32 at;				/* lowest stack address in use */
	u32 lowest;			/* of what a script has replaced */
	u32 bottom;			/* of the stack */
	u32 argc, envc;
	u32 filename;			/* stack address of the path */
	struct identity identity;	/* of the thread that called exec */
	u64 sig_blocked;		/* likewise */
	int caller;			/* that thread */
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

/* exec_script.c */
int parse_script(u8 *header, char **interpreter, char **argument);

/* elf.c */
int load_elf(struct program *p, char *path);
int load_interpreter(struct program *p, struct inode *inode);

#endif
