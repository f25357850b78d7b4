/* Shared by the files that make /proc. */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <cowix/fs.h>
#include <cowix/proc.h>
#include <cowix/seq.h>

struct task_struct;

/*
 * The upper half of an inode number is a process or thread, or 0 for the
 * system. The lower half says what the inode is: the process's directory, an
 * entry of the table, the directory of a thread in its process's, or a
 * descriptor: the link to its file, or what there is to know of it.
 */
#define PROC_DIR		1u
#define PROC_FIRST_ENTRY	2u
#define PROC_THREAD		0x100u
#define PROC_FIRST_FD		0x1000u
#define PROC_FIRST_FDINFO	0x8000u
#define PROC_INO(pid, kind)	((u32)(pid) << 16 | (kind))
#define PROC_ROOT_INO		PROC_INO(0, PROC_DIR)

static inline u32 proc_pid(const struct inode *inode)
{
	return inode->i_ino >> 16;
}

static inline u32 proc_kind(const struct inode *inode)
{
	return inode->i_ino & 0xFFFF;
}

/* Returns true for the directory of a process or of a thread. */
static inline bool is_task_dir(const struct inode *inode)
{
	return proc_kind(inode) == PROC_DIR || proc_kind(inode) == PROC_THREAD;
}

/* Returns the descriptor that a link, or a file of fdinfo, is about. */
static inline u32 proc_fd(const struct inode *inode)
{
	u32 kind = proc_kind(inode);

	return kind < PROC_FIRST_FDINFO ? kind - PROC_FIRST_FD
					: kind - PROC_FIRST_FDINFO;
}

#define PROC_ENTRIES_MAX	64

struct proc_table {
	const struct proc_entry *entry[PROC_ENTRIES_MAX];
	u32 n;
};

/* proc.c */
extern struct proc_table system_files, task_files;
void proc_register_task(const struct proc_entry *entries);
const struct proc_table *proc_table_of(const struct inode *inode);
const struct proc_entry *proc_entry_of(const struct inode *inode);
struct task_struct *proc_task(struct inode *inode);
struct file *task_file(const struct task_struct *task, u32 fd);
bool may_see(const struct task_struct *task);
int proc_check_access(struct inode *inode);

/* proc_dir.c */
int proc_lookup(struct inode *dir, const char *name, u32 length, u32 *ino);
int proc_readdir(struct file *file, dirent_fill *fill, void *context);

/* proc_link.c */
extern const struct inode_ops proc_link_ops, proc_self_ops;
int describe_inode(struct inode *inode, char *page, char **text);

/* proc_system.c, proc_task.c: entries up to one without a name */
extern const struct proc_entry proc_system_entries[], proc_task_entries[];

/* proc_task.c */
void show_area_line(struct seq *s, const struct vm_area *area,
		    const struct mm *mm, char *page);
struct mm *next_part(struct seq *s, struct vm_area *part);

/* proc_limits.c */
void show_limits(struct seq *s);

/* proc_mem.c */
extern const struct file_ops mem_fops;

/* proc_smaps.c */
void show_smaps(struct seq *s);

/* proc_memory.c */
void show_frames(struct seq *s);
void show_pages(struct seq *s);
void show_owners(struct seq *s);

/* proc_sys.c */
void show_overcommit(struct seq *s);
int store_overcommit(const char *text);
void show_max_areas(struct seq *s);
int store_max_areas(const char *text);
int store_hostname(const char *text);
void show_word(struct seq *s);
void show_number(struct seq *s);

#endif
