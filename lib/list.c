/* List functions too long to inline: see cowix/list.h. */
#include <cowix/list.h>

void list_del(struct list *node)
{
	list_unlink(node);
	list_init(node);
}
