/* The files that a call of poll() or select() asks: fs/poll_list.c. */
#ifndef FS_POLL_LIST_H
#define FS_POLL_LIST_H

#include <cowix/poll.h>

struct deadline;
struct file;

#define POLL_LIST_FEW	8u	/* files for which no page is needed */

/* Some of the files of one call. */
struct poll_part {
	struct poll_part *next;
	struct pollfd *fds;
	struct file **files;
	u32 n, room;
};

/* The files of one call: the first few are here, the others in pages. */
struct poll_list {
	struct poll_part first;
	struct pollfd fds[POLL_LIST_FEW];
	struct file *files[POLL_LIST_FEW];
	bool held;		/* another thread might close the files */
};

#define for_each_part(part, list) \
	for (struct poll_part *part = &(list)->first; part; part = part->next)

void begin_list(struct poll_list *list);
struct poll_part *add_part(struct poll_part *last);
void free_parts(struct poll_list *list);
int poll_until(struct poll_list *list, u32 always, const struct deadline *end);

#endif
