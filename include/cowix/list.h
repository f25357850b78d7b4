/*
 * Circular doubly linked lists. The links are members of the listed structures,
 * and insertion and removal are O(1).
 */
#ifndef COWIX_LIST_H
#define COWIX_LIST_H

#include <cowix/types.h>

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list name = LIST_INIT(name)

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert(struct list *node, struct list *prev,
			       struct list *next)
{
	node->next = next;
	node->prev = prev;
	prev->next = next->prev = node;
}

/* Inserts node after pos. If pos is the head, that is the list's front. */
static inline void list_add(struct list *node, struct list *pos)
{
	list_insert(node, pos, pos->next);
}

static inline void list_add_tail(struct list *node, struct list *head)
{
	list_insert(node, head->prev, head);
}

/* Takes node out; its own links still say where it was. */
static inline void list_unlink(struct list *node)
{
	struct list *prev = node->prev, *next = node->next;

	prev->next = next;
	next->prev = prev;
}

/*
 * Takes node out and makes it an empty list of its own. So it is harmless to
 * remove it twice.
 */
void list_del(struct list *node);

/* Moves node to the end of a list, its own or another. */
static inline void list_move_tail(struct list *node, struct list *head)
{
	list_unlink(node);
	list_add_tail(node, head);
}

#define list_entry(node, type, member) container_of(node, type, member)

#define list_for_each(pos, head) \
	for (struct list *pos = (head)->next; pos != (head); pos = pos->next)

/* Like list_for_each, but the body may remove pos. */
#define list_for_each_safe(pos, head) \
	for (struct list *pos = (head)->next, *pos##_next = pos->next; \
	     pos != (head); pos = pos##_next, pos##_next = pos->next)

#endif
