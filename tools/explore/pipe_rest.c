/*
 * The rest of the kernel in the worlds of pipes: memory for a few pages and
 * pipes, one inode, and an open file for each process.
 */
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include "pipes.h"

#define POOL_PAGES	4u
#define POOL_PIPES	6u

struct inode the_inode;
struct file files[PROCESSES];
static u8 pages[POOL_PAGES][PAGE_SIZE];
static bool page_used[POOL_PAGES];
static u8 pool[POOL_PIPES][PIPE_BYTES];
static bool pipe_used[POOL_PIPES];

static u32 count_used(const bool *used, u32 n)
{
	u32 count = 0;

	for (u32 i = 0; i < n; i++)
		count += used[i];
	return count;
}

u32 pages_used(void)
{
	return count_used(page_used, POOL_PAGES);
}

u32 pipes_used(void)
{
	return count_used(pipe_used, POOL_PIPES);
}

bool is_page_used(const void *page)
{
	return page_used[((u32)page - (u32)pages) / PAGE_SIZE];
}

void *kpage_alloc(enum page_owner owner)
{
	struct side *side = &model.side[who_runs()];
	bool fails;

	(void)owner;
	side->inside = true;
	fails = fails_here(AT_PAGE);
	side->inside = false;
	for (u32 i = 0; i < POOL_PAGES && !fails; i++)
		if (!page_used[i]) {
			page_used[i] = true;
			return pages[i];
		}
	rule(fails, "the pipe takes more pages than it has");
	return NULL;
}

void kpage_free(void *page)
{
	u32 i = ((u32)page - (u32)pages) / PAGE_SIZE;

	if (i >= POOL_PAGES || !page_used[i])
		panic("a page is freed twice");
	page_used[i] = false;
	memset(page, 0xEE, PAGE_SIZE);
}

void *kzalloc(size_t size)
{
	if (fails_here(AT_OBJECT))
		return NULL;
	for (u32 i = 0; i < POOL_PIPES; i++)
		if (!pipe_used[i]) {
			pipe_used[i] = true;
			memset(&pool[i], 0, size);
			return &pool[i];
		}
	panic("too many pipes");
}

void kfree(void *object)
{
	u8 (*pipe)[PIPE_BYTES] = object;

	if (!pipe)
		return;
	if (!pipe_used[pipe - pool])
		panic("a pipe is freed twice");
	pipe_used[pipe - pool] = false;
	memset(pipe, 0xEE, PIPE_BYTES);
}

struct inode *new_inode(struct super_block *sb)
{
	if (fails_here(AT_OBJECT))
		return NULL;
	the_inode = (struct inode){ .i_sb = sb, .i_count = 1 };
	return &the_inode;
}

void iput(struct inode *inode)
{
	if (--inode->i_count == 0 && inode->i_pipe)
		inode->i_fop->drop(inode);
}

struct file *file_alloc(struct inode *inode, u32 flags)
{
	struct file *file = &files[who_runs()];

	if (fails_here(AT_OBJECT))
		return NULL;
	*file = (struct file){ .count = 1, .flags = flags, .inode = inode,
			       .fop = inode->i_fop };
	return file;
}

void fput(struct file *file)
{
	file->fop->release(file->inode, file);
	iput(file->inode);
}

int check_files(void)
{
	return 0;
}

int fd_install_two(struct file *first, struct file *second, int __user *fds,
		   bool close_on_exec)
{
	(void)first, (void)second, (void)fds, (void)close_on_exec;
	panic("nobody calls pipe()");
}

void set_maker(struct inode *inode, const struct inode *dir)
{
	(void)inode, (void)dir;
}

void touch_inode(struct inode *inode)
{
	(void)inode;
}

int put_user_u32(u32 value, void __user *to)
{
	(void)to;
	return value;
}
