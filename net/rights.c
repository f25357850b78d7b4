/*
 * Rights: open files that a message carries (SCM_RIGHTS). Each is referenced.
 * While the message is in a queue they are in flight, and counted: for their
 * sender's user, and in each socket among them, for collect.c.
 */
#include <cowix/kernel.h>
#include "net/net.h"

u32 files_in_flight;

static LIST_HEAD(dropped);
static bool dropping;

static void count_rights(struct rights *rights, struct account *account,
			 int change)
{
	for (u32 i = 0; i < rights->n; i++) {
		struct socket *sock = socket_of(rights->files[i]);

		if (sock)
			sock->in_flight += change;
	}
	account->in_flight += change * (int)rights->n;
	files_in_flight += change * (int)rights->n;
}

/* Called when the message with them enters a queue. */
void depart_rights(struct rights *rights, struct account *account)
{
	count_rights(rights, account, 1);
}

/* Called when the message, or its rights, leave the queue. */
void arrive_rights(struct rights *rights, struct account *account)
{
	count_rights(rights, account, -1);
}

static void drop_one(struct rights *rights)
{
	for (u32 i = 0; i < rights->n; i++)
		fput(rights->files[i]);
	kfree(rights);
}

/*
 * Closes files that are not in flight. A socket that is closed for good drops
 * what waits in it: so there may be a long chain of them, and the stack is
 * small. Whoever is called below another leaves its rights to the first.
 */
void drop_rights(struct rights *rights)
{
	list_add_tail(&rights->link, &dropped);
	if (dropping)
		return;
	dropping = true;
	while (!list_empty(&dropped)) {
		rights = list_entry(dropped.next, struct rights, link);
		list_unlink(&rights->link);
		drop_one(rights);
	}
	dropping = false;
}

/* Returns another reference to each file, or NULL if there was no memory. */
struct rights *copy_rights(const struct rights *rights)
{
	struct rights *copy =
		kmalloc(sizeof(*copy) + rights->n * sizeof(struct file *));

	if (!copy)
		return NULL;
	copy->n = rights->n;
	for (u32 i = 0; i < rights->n; i++) {
		copy->files[i] = rights->files[i];
		copy->files[i]->count++;
	}
	return copy;
}
