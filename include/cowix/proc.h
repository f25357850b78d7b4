/* Files of /proc. */
#ifndef COWIX_PROC_H
#define COWIX_PROC_H

#include <cowix/types.h>

struct inode;
struct seq;
struct task_struct;

struct proc_entry {
	const char *name;
	const char *dir;	/* an entry here, or NULL: not below one */
	u32 mode;
	bool private;		/* for the process's owner and root */
	void (*show)(struct seq *s);
	int (*store)(const char *text);		/* what is written; or NULL */
	/* a link's; no reference; NULL: there is none */
	struct inode *(*target)(struct task_struct *task);
};

/* Enters files of the system, up to an entry without a name. fs/proc/proc.c */
void proc_register(const struct proc_entry *entries);

#endif
