/* Shared by the files that make /proc. Each file there is a function that prints its text from the beginning, whatever part is asked for. */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <cowix/fs.h>

struct task_struct;

/* The page of a text that is being read: what is printed before and behind it is only counted. */
struct seq {
	char *buf;
	u32 from;		/* position in the text of the page's first character */
	u32 at;			/* characters printed so far */
	struct inode *inode;	/* the file */
};

/* proc.c */
void seq_write(struct seq *s, const char *text, u32 n);
void seq_printf(struct seq *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));	/* at most 255 characters */
bool may_see(const struct task_struct *task);
struct task_struct *proc_task(struct inode *inode);	/* whose directory the inode is in; NULL: it has ended */

struct proc_entry {
	const char *name;
	const char *dir;	/* an entry here, or NULL: not below one */
	u32 mode;
	bool private;		/* for the process's owner and root */
	void (*show)(struct seq *s);
	int (*store)(const char *text);		/* what is written; or NULL */
	struct inode *(*target)(struct task_struct *task);	/* a link's; no reference; NULL: there is none */
};

/* proc_system.c, proc_task.c: the entries of /proc and of each process's directory, up to one without a name */
extern const struct proc_entry proc_system_entries[], proc_task_entries[];
int describe_inode(struct inode *inode, char *page, char **text);	/* drops the reference; the length */

/* proc_memory.c */
void show_frames(struct seq *s);
void show_pages(struct seq *s);
void show_audit(struct seq *s);
void show_owners(struct seq *s);
void show_vmtrace(struct seq *s);
int store_vmtrace(const char *text);

/* proc_sys.c */
void show_overcommit(struct seq *s);
int store_overcommit(const char *text);
void show_max_areas(struct seq *s);
int store_max_areas(const char *text);

#endif
