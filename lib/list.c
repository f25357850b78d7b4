/*
 * What is too long to be repeated wherever a list is changed: see cowix/list.h.
 */
#include <cowix/list.h>

void list_del(struct list *node)
{
	list_unlink(node);
	list_init(node);
}
