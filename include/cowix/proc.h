/* Files of /proc. */
#ifndef COWIX_PROC_H
#define COWIX_PROC_H

#include <cowix/types.h>

struct inode;
struct seq;
struct task_struct;

struct proc_entry {
	const char *name;
	const char *dir;		/* its directory's entry, or NULL */
	u16 mode;
	u16 numbered;	/* of a directory of numbers: what they mean, or 0 */
	bool private;			/* for the process's owner and root */
	void (*show)(struct seq *s);	/* prints all of its text */
	/* what a common show() prints; without one, the file's own file_ops */
	const void *shown;
	int (*store)(const char *text);	/* takes what is written, or NULL */
	/* of a link: returns an inode without a reference, or NULL */
	struct inode *(*target)(struct task_struct *task);
};

/* fs/proc/proc.c: entries up to one without a name */
void proc_register(const struct proc_entry *entries);

#endif
