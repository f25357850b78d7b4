/* Asking open files for events, and waiting for some: fs/ask.c. */
#ifndef FS_ASK_H
#define FS_ASK_H

#include <cowix/file.h>
#include <cowix/poll.h>
#include <abi/fcntl.h>

struct deadline;

struct files_struct *ask_begin(void);
int ask_add(struct files_struct *asked, u32 fd);
void ask_end(struct files_struct *asked);
int ask_until(int (*ask)(void *request, struct poll_table *table),
	      void *request, const struct deadline *end);

/* fs/poll.c */
int do_poll(struct pollfd __user *fds, u32 n, const struct deadline *end);

/* Returns the events of a descriptor's file, or POLLNVAL. */
static inline u32 ask_file(const struct files_struct *asked, u32 fd,
			   struct poll_table *table)
{
	struct file *file = file_at(asked, fd);

	if (!file || file->flags & O_PATH)
		return POLLNVAL;
	return file->fop->poll ? file->fop->poll(file, table) : POLL_READY;
}

#endif
