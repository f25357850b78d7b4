#include <errno.h>
#include <unistd.h>

void *__brk(void *end);

static char *current_end;

int brk(void *end)
{
	current_end = __brk(end);
	if (current_end == end)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(long increment)
{
	char *old = current_end ? current_end : __brk(0);

	current_end = old;
	return increment == 0 || brk(old + increment) == 0 ? old : (void *)-1;
}
