/* What kernel sources need of the rest: memory is the host's. */
#include <cowix/kernel.h>
#include <cowix/mm.h>

void *calloc(size_t n, size_t size);
void free(void *object);

void *kzalloc(size_t size)
{
	return calloc(1, size);
}

void *kmalloc(size_t size)
{
	return kzalloc(size);
}

void kfree(void *object)
{
	free(object);
}

void printk(const char *fmt, ...)
{
	(void)fmt;
}
