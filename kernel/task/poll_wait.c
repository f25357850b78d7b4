/*
 * Waiting in several queues at once, for poll() and select(). A table has room
 * for a few sleepers, and takes pages when there are more.
 */
#include <cowix/kernel.h>
#include <cowix/poll.h>
#include <cowix/task.h>

struct poll_page {
	struct poll_page *next;
	struct sleeper sleepers[(PAGE_SIZE - sizeof(void *)) /
				sizeof(struct sleeper)];
};

/* Returns a sleeper for one more queue, or NULL if there was no memory. */
static struct sleeper *new_sleeper(struct poll_table *table)
{
	u32 index = (table->used - POLL_FEW) %
		    ARRAY_SIZE(((struct poll_page *)0)->sleepers);

	if (table->used < POLL_FEW)
		return &table->few[table->used++];
	if (index == 0) {
		struct poll_page *page = kpage_alloc(OWNER_CALL);

		if (!page)
			return NULL;
		page->next = table->pages;
		table->pages = page;
	}
	table->used++;
	return &table->pages->sleepers[index];
}

/*
 * Lets current sleep in q, too, in the first round of asking only. Called by
 * the poll operations of files. table may be NULL.
 */
void poll_wait(struct wait_queue *q, struct poll_table *table)
{
	struct sleeper *sleeper;

	if (!table || table->registered)
		return;
	sleeper = new_sleeper(table);
	if (!sleeper) {
		table->no_memory = true;
		return;
	}
	sleeper->task = current;
	list_add_tail(&sleeper->link, &q->sleepers);
}

/* Leaves all queues and frees the table's pages. */
void poll_leave(struct poll_table *table)
{
	u32 per_page = ARRAY_SIZE(table->pages->sleepers), n = table->used;

	while (n > POLL_FEW) {
		struct poll_page *page = table->pages;
		u32 here = (n - POLL_FEW - 1) % per_page + 1;

		for (u32 i = 0; i < here; i++)
			list_del(&page->sleepers[i].link);
		table->pages = page->next;
		kpage_free(page);
		n -= here;
	}
	while (n > 0)
		list_del(&table->few[--n].link);
}
