/*
 * malloc() on brk(): blocks with a header. Free blocks are in a list sorted by
 * address and are joined with their neighbours. First fit (B. Kernighan, D.
 * Ritchie, "The C Programming Language", 8.7).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROW 16384u /* least number of bytes asked from the kernel */

struct header {
	struct header *next;
	size_t size;		/* with the header; a multiple of 16 */
	size_t padding[2];
};

static struct header *free_list;

static void insert(struct header *block)
{
	struct header **place = &free_list, *previous = NULL;

	while (*place && *place < block) {
		previous = *place;
		place = &(*place)->next;
	}
	block->next = *place;
	*place = block;
	if (block->next && (char *)block + block->size == (char *)block->next) {
		block->size += block->next->size;
		block->next = block->next->next;
	}
	if (previous && (char *)previous + previous->size == (char *)block) {
		previous->size += block->size;
		previous->next = block->next;
	}
}

static int grow(size_t size)
{
	struct header *block;

	size = (size + GROW - 1) / GROW * GROW;
	block = sbrk(size);
	if (block == (void *)-1)
		return -1;
	block->size = size;
	insert(block);
	return 0;
}

static void *take(size_t size)
{
	for (struct header **place = &free_list; *place;
	     place = &(*place)->next) {
		struct header *block = *place;

		if (block->size < size)
			continue;
		if (block->size - size < 2 * sizeof(*block)) {
			*place = block->next;
			return block + 1;
		}
		block->size -= size;
		block = (struct header *)((char *)block + block->size);
		block->size = size;
		return block + 1;
	}
	return NULL;
}

void *malloc(size_t n)
{
	size_t size = (n + sizeof(struct header) + 15) & ~15u;
	void *p;

	if (size < n) {
		errno = ENOMEM;
		return NULL;
	}
	p = take(size);
	if (!p && grow(size) == 0)
		p = take(size);
	return p;
}

void free(void *p)
{
	if (p)
		insert((struct header *)p - 1);
}

void *calloc(size_t n, size_t size)
{
	void *p = size && n > (size_t)-1 / size ? NULL : malloc(n * size);

	return p ? memset(p, 0, n * size) : NULL;
}

void *realloc(void *old, size_t n)
{
	size_t room =
		old ? ((struct header *)old)[-1].size - sizeof(struct header)
		    : 0;
	void *p;

	if (old && n <= room)
		return old;
	p = malloc(n);
	if (p && old) {
		memcpy(p, old, room);
		free(old);
	}
	return p;
}
