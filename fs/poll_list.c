/*
 * Waiting until one of several files would not block, for poll() and select().
 * Each round calls the poll operation of every file. In the first round it also
 * enters the caller into the wait queues that announce a change, unless it will
 * not sleep. Waking any of them ends the sleep. Interrupts are masked from the
 * last round to the sleep, so that no change is missed.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <asm/system.h>
#include "poll_list.h"

#define PAGE_FILES	((PAGE_SIZE - sizeof(struct poll_part)) / \
			 (sizeof(struct pollfd) + sizeof(struct file *)))

struct part_page {
	struct poll_part part;
	struct pollfd fds[PAGE_FILES];
	struct file *files[PAGE_FILES];
};

void begin_list(struct poll_list *list)
{
	list->first = (struct poll_part){ NULL, list->fds, list->files, 0,
					  POLL_LIST_FEW };
}

/* Returns a new part that follows another, or NULL if there was no memory. */
struct poll_part *add_part(struct poll_part *last)
{
	struct part_page *page = kpage_alloc(OWNER_CALL);

	if (!page)
		return NULL;
	page->part = (struct poll_part){ NULL, page->fds, page->files, 0,
					 PAGE_FILES };
	last->next = &page->part;
	return last->next;
}

void free_parts(struct poll_list *list)
{
	struct poll_part *part = list->first.next;

	while (part) {
		struct poll_part *next = part->next;

		kpage_free(part);
		part = next;
	}
}

/*
 * Finds the open files. If another thread might close them, each is referenced
 * while current is in its wait queues.
 */
static void find_files(struct poll_list *list)
{
	list->held = current->files->users > 1;
	for_each_part(part, list)
		for (u32 i = 0; i < part->n; i++) {
			struct file *file =
				file_at(current->files, part->fds[i].fd);

			if (file && file->flags & O_PATH)
				file = NULL;
			part->files[i] = file;
			if (file && list->held)
				file->count++;
		}
}

static void put_files(struct poll_list *list)
{
	if (!list->held)
		return;
	for_each_part(part, list)
		for (u32 i = 0; i < part->n; i++)
			if (part->files[i])
				fput(part->files[i]);
}

/* Returns the events of one file: those that p asks for and those in always. */
static u32 poll_file(const struct pollfd *p, struct file *file, u32 always,
		     struct poll_table *table)
{
	u32 ready;

	if (p->fd < 0)
		return 0;
	if (!file)
		return POLLNVAL;
	ready = file->fop->poll ? file->fop->poll(file, table) : POLL_READY;
	return ready & ((u16)p->events | always);
}

/*
 * Asks all files once. Returns how many of them have events. From the first one
 * on current will not sleep.
 */
static int poll_all(struct poll_list *list, u32 always,
		    struct poll_table *table)
{
	int ready = 0;

	for_each_part(part, list)
		for (u32 i = 0; i < part->n; i++) {
			struct pollfd *p = &part->fds[i];

			p->revents =
				poll_file(p, part->files[i], always, table);
			if (!p->revents)
				continue;
			table->enter = NULL;
			ready++;
		}
	table->enter = NULL;
	return ready;
}

static bool is_over(const struct deadline *end)
{
	return end->kind != DEADLINE_NEVER && ticks_left(end) == 0;
}

/*
 * Waits until a file is ready. Returns how many are, 0 when the time is over,
 * -ERESTARTNOHAND or -ENOMEM.
 */
int poll_until(struct poll_list *list, u32 always, const struct deadline *end)
{
	int ready, error = is_over(end) ? -ETIMEDOUT : 0;
	struct poll_sleep sleep = { .table = { error ? NULL : poll_enter } };
	struct wait_queue nobody = WAIT_QUEUE_INIT(nobody);
	bool looked_again = false;
	u32 flags;

	find_files(list);
	flags = irq_save();
	for (;;) {
		ready = poll_all(list, always, &sleep.table);
		if (ready || error)
			break;
		if (sleep.no_memory)
			error = -ENOMEM;
		else if (sleep.pages && !looked_again)
			looked_again = true;	/* the allocation may sleep */
		else
			error = sleep_until(&nobody, end);
	}
	poll_leave(&sleep);
	irq_restore(flags);
	put_files(list);
	if (ready || error == -ETIMEDOUT)
		return ready;
	return error == -ERESTARTSYS ? -ERESTARTNOHAND : error;
}
