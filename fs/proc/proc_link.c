/* /proc: links to working directories, programs and open files. */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include "proc.h"

/*
 * Puts what an inode is called into a page: its path or, as in Linux 2.0, its
 * device and number. Drops the reference to the inode. Returns the length of
 * the text, which begins at *text.
 */
int describe_inode(struct inode *inode, char *page, char **text)
{
	const char *name = inode->i_sb ? NULL : inode->i_fop->name;
	char other[40];
	int error;

	if (name && inode->i_mode & S_IFMT)
		snprintf(other, sizeof(other), "%s:[%u]", name, inode->i_ino);
	else if (name)
		snprintf(other, sizeof(other), "anon_inode:[%s]", name);
	else
		snprintf(other, sizeof(other), "[%04x]:%u%s", inode->i_dev,
			 inode->i_ino, inode->i_nlink ? "" : " (deleted)");
	error = inode_path(inode, page, text);
	if (error) {
		*text = page;
		strcpy(page, other);
	}
	return strlen(*text);
}

/* Finds the inode to which a link leads. The caller gets a reference. */
static int proc_follow(struct inode *link, struct inode **inode)
{
	int error = proc_check_access(link);
	struct task_struct *task = proc_task(link);
	struct file *file;

	if (error)
		return error == -ESRCH ? -ENOENT : error;
	if (proc_kind(link) >= PROC_FIRST_FD) {
		file = task_file(task, proc_fd(link));
		*inode = file ? file->inode : NULL;
	} else {
		*inode = proc_entry_of(link)->target(task);
	}
	if (!*inode)
		return -ENOENT;
	igrab(*inode);
	return 0;
}

static int proc_readlink(struct inode *link, char *buf, u32 size)
{
	struct inode *inode;
	char *page, *text;
	int n = proc_follow(link, &inode);

	if (n)
		return n;
	page = kpage_alloc(OWNER_CALL);
	if (!page) {
		iput(inode);
		return -ENOMEM;
	}
	n = min_u32(describe_inode(inode, page, &text), size);
	memcpy(buf, text, n);
	kpage_free(page);
	return n;
}

const struct inode_ops proc_link_ops = { .readlink = proc_readlink,
					 .follow = proc_follow };

/* Reads the link "self": the number of the calling process. */
static int self_readlink(struct inode *link, char *buf, u32 size)
{
	char text[8];
	u32 n = snprintf(text, sizeof(text), "%d", current->tgid);

	(void)link;
	n = min_u32(n, size);
	memcpy(buf, text, n);
	return n;
}

const struct inode_ops proc_self_ops = { .readlink = self_readlink };
