/*
 * Shared by the files that make /proc. Each file there is a function that
 * prints its text from the beginning, whatever part is asked for.
 */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <cowix/fs.h>
#include <cowix/proc.h>
#include <cowix/seq.h>

struct task_struct;

/* proc.c */
bool may_see(const struct task_struct *task);
/* whose directory the inode is in; NULL: it has ended */
struct task_struct *proc_task(struct inode *inode);

/*
 * proc_system.c, proc_task.c: the entries of /proc and of each process's
 * directory, up to one without a name
 */
extern const struct proc_entry proc_system_entries[], proc_task_entries[];
void proc_register_task(const struct proc_entry *entries);
/* drops the reference; the length */
int describe_inode(struct inode *inode, char *page, char **text);

/* proc_memory.c */
void show_frames(struct seq *s);
void show_pages(struct seq *s);
void show_owners(struct seq *s);

/* proc_sys.c */
void show_overcommit(struct seq *s);
int store_overcommit(const char *text);
void show_max_areas(struct seq *s);
int store_max_areas(const char *text);

#endif
