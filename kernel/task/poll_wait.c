/*
 * Waiting in several queues at once, for poll() and select(): there is room for
 * a few sleepers, and pages are taken when there are more. Watchers, who do not
 * sleep.
 */
#include <cowix/kernel.h>
#include <cowix/poll.h>
#include <cowix/task.h>
#include <asm/system.h>

struct poll_page {
	struct poll_page *next;
	struct sleeper sleepers[(PAGE_SIZE - sizeof(void *)) /
				sizeof(struct sleeper)];
};

/* Returns a sleeper for one more queue, or NULL if there was no memory. */
static struct sleeper *new_sleeper(struct poll_sleep *sleep)
{
	u32 index = (sleep->used - POLL_FEW) %
		    ARRAY_SIZE(((struct poll_page *)0)->sleepers);

	if (sleep->used < POLL_FEW)
		return &sleep->few[sleep->used++];
	if (index == 0) {
		struct poll_page *page = kpage_alloc(OWNER_CALL);

		if (!page)
			return NULL;
		page->next = sleep->pages;
		sleep->pages = page;
	}
	sleep->used++;
	return &sleep->pages->sleepers[index];
}

/*
 * Lets current sleep in q, too. Called by poll_wait() in the first round of
 * asking.
 */
void poll_enter(struct wait_queue *q, struct poll_table *table)
{
	struct poll_sleep *sleep =
		container_of(table, struct poll_sleep, table);
	struct sleeper *sleeper = new_sleeper(sleep);

	if (!sleeper) {
		sleep->no_memory = true;
		return;
	}
	sleeper->task = current;
	list_add_tail(&sleeper->link, &q->sleepers);
}

/* Leaves all queues and frees the pages. */
void poll_leave(struct poll_sleep *sleep)
{
	u32 per_page = ARRAY_SIZE(sleep->pages->sleepers), n = sleep->used;

	while (n > POLL_FEW) {
		struct poll_page *page = sleep->pages;
		u32 here = (n - POLL_FEW - 1) % per_page + 1;

		for (u32 i = 0; i < here; i++)
			list_del(&page->sleepers[i].link);
		sleep->pages = page->next;
		kpage_free(page);
		n -= here;
	}
	while (n > 0)
		list_del(&sleep->few[--n].link);
}

/* Has woken() called whenever q is woken, until unwatch_queue(). */
void watch_queue(struct watcher *watcher, struct wait_queue *q,
		 void (*woken)(struct watcher *watcher, u32 events),
		 void *owner)
{
	u32 flags = irq_save();

	watcher->sleeper.task = NULL;
	watcher->woken = woken;
	watcher->owner = owner;
	list_add_tail(&watcher->sleeper.link, &q->sleepers);
	irq_restore(flags);
}

/* Ends watching. Harmless if the queue was abandoned. */
void unwatch_queue(struct watcher *watcher)
{
	u32 flags = irq_save();

	list_del(&watcher->sleeper.link);
	irq_restore(flags);
}

/* Puts out all of a queue that ends: watchers, and sleepers it has woken. */
void abandon_queue(struct wait_queue *q)
{
	u32 flags = irq_save();

	while (!list_empty(&q->sleepers))
		list_del(q->sleepers.next);
	irq_restore(flags);
}
