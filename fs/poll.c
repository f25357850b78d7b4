/*
 * poll()'s files: an array that says what is asked of each, and then what was
 * found.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "ask.h"

#define ALWAYS_REPORTED	(POLLERR | POLLHUP | POLLNVAL)
#define FEW_FILES	8u	/* for which no page is needed */

/* Some of the files of poll(). */
struct poll_part {
	struct poll_part *next;
	struct pollfd *fds;
	u32 n;
};

/* The files of one poll(): the first few are here, the others in pages. */
struct poll_request {
	struct files_struct *files;
	struct poll_part first;
	struct pollfd few[FEW_FILES];
};

#define PAGE_FILES	((PAGE_SIZE - sizeof(struct poll_part)) / \
			 sizeof(struct pollfd))

#define for_each_part(part, request) \
	for (struct poll_part *part = &(request)->first; part; \
	     part = part->next)

/* Returns a new part that follows another, or NULL if there was no memory. */
static struct poll_part *add_part(struct poll_part *last)
{
	struct poll_part *part = kpage_alloc(OWNER_CALL);

	if (!part)
		return NULL;
	*part = (struct poll_part){ NULL, (struct pollfd *)(part + 1), 0 };
	last->next = part;
	return part;
}

static void free_parts(struct poll_request *request)
{
	struct poll_part *part = request->first.next;

	while (part) {
		struct poll_part *next = part->next;

		kpage_free(part);
		part = next;
	}
}

/* Reads poll()'s array of n files. -EFAULT, -ENOMEM */
static int read_fds(struct poll_request *request,
		    const struct pollfd __user *from, u32 n)
{
	struct poll_part *part = &request->first;

	part->n = min_u32(n, FEW_FILES);
	for (;;) {
		if (copy_from_user(part->fds, from, part->n * sizeof(*from)) <
		    0)
			return -EFAULT;
		from += part->n;
		n -= part->n;
		if (!n)
			return 0;
		part = add_part(part);
		if (!part)
			return -ENOMEM;
		part->n = min_u32(n, PAGE_FILES);
	}
}

/* Puts the files of the array into the table of asked ones. -ENOMEM */
static int add_fds(struct poll_request *request)
{
	for_each_part(part, request)
		for (u32 i = 0; i < part->n; i++)
			if (ask_add(request->files, part->fds[i].fd) < 0)
				return -ENOMEM;
	return 0;
}

static int write_fds(struct poll_request *request, struct pollfd __user *to)
{
	int error = 0;

	for_each_part(part, request) {
		if (!error)
			error = copy_to_user(to, part->fds,
					     part->n * sizeof(*to));
		to += part->n;
	}
	return error;
}

/* Asks all files once. Returns how many of them have events. */
static int ask_fds(void *asked, struct poll_table *table)
{
	struct poll_request *request = asked;
	const struct files_struct *files = request->files;
	int found = 0;

	for_each_part(part, request)
		for (u32 i = 0; i < part->n; i++) {
			struct pollfd *p = &part->fds[i];

			p->revents = 0;
			if (p->fd >= 0)
				p->revents = ask_file(files, p->fd, table) &
					     (p->events | ALWAYS_REPORTED);
			if (!p->revents)
				continue;
			table->enter = NULL;
			found++;
		}
	return found;
}

static int poll_files(struct poll_request *request, struct pollfd __user *fds,
		      u32 n, const struct deadline *end)
{
	int found = read_fds(request, fds, n);

	if (!found && request->files != current->files)
		found = add_fds(request);
	if (!found)
		found = ask_until(ask_fds, request, end);
	if (found >= 0 && write_fds(request, fds) < 0)
		found = -EFAULT;
	free_parts(request);
	return found;
}

/*
 * Waits until one of n files is ready, and tells the program. Returns how many
 * are, 0 when the time is over, or an error.
 */
int do_poll(struct pollfd __user *fds, u32 n, const struct deadline *end)
{
	struct poll_request request;
	int found;

	if (n > current->rlimits[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	request.files = ask_begin();
	if (!request.files)
		return -ENOMEM;
	request.first = (struct poll_part){ NULL, request.few, 0 };
	found = poll_files(&request, fds, n, end);
	ask_end(request.files);
	return found;
}
