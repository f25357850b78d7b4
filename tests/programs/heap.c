/*
 * The heap: every size, growing, shrinking, alignment, fragmenting patterns,
 * and no more memory.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static unsigned next = 1;

static unsigned draw(unsigned limit)
{
	next = next * 1103515245 + 12345;
	return (next >> 8) % limit;
}

static void fill(unsigned char *p, size_t n, unsigned char seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = seed + i * 7;
}

static int intact(const unsigned char *p, size_t n, unsigned char seed)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (unsigned char)(seed + i * 7))
			return 0;
	return 1;
}

/*
 * Allocates blocks from a few bytes to beyond the threshold for a mapping each.
 */
static void random_blocks(void)
{
	static struct {
		unsigned char *p;
		size_t n;
		unsigned char seed;
	} blocks[300];
	unsigned bad = 0, moved = 0;
	unsigned long long total = 0;

	for (int step = 0; step < 20000; step++) {
		unsigned i = draw(300),
			 n = draw(100) ? draw(600) + 1 : draw(400000) + 1;

		if (blocks[i].p &&
		    !intact(blocks[i].p,
			    blocks[i].n < 1000 ? blocks[i].n : 1000,
			    blocks[i].seed))
			bad++;
		if (blocks[i].p && draw(3) == 0) {
			size_t kept = n < blocks[i].n ? n : blocks[i].n;

			blocks[i].p = realloc(blocks[i].p, n);
			bad += !intact(blocks[i].p, kept, blocks[i].seed);
			moved++;
		} else {
			free(blocks[i].p);
			blocks[i].p = malloc(n);
		}
		blocks[i].n = n;
		blocks[i].seed = step;
		fill(blocks[i].p, n, step);
		total += n;
	}
	for (int i = 0; i < 300; i++)
		free(blocks[i].p);
	printf("random blocks: %llu bytes, %u resized, %u bad\n", total, moved,
	       bad);
}

static void big_blocks(void)
{
	unsigned char *p = NULL;

	for (size_t n = 1 << 16; n <= 8 << 20; n *= 2) {
		unsigned char *q = realloc(p, n);
		const char *what = "no";

		if (q)
			what = !p || intact(q, n / 2, 3) ? "kept" : "lost";
		printf("realloc %zu: %s\n", n, what);
		p = q;
		fill(p, n, 3);
	}
	p = realloc(p, 100);
	printf("shrunk: %d\n", intact(p, 100, 3));
	free(p);
	p = calloc(3 << 10, 1 << 10);
	size_t other = 0;
	for (size_t i = 0; i < 3 << 20; i++)
		other += p[i] != 0;
	printf("calloc: %zu bytes that are not zero\n", other);
	free(p);
	CALL(calloc(1 << 17, 1 << 17) != NULL);
	CALL(malloc(3u << 30) != NULL);
	CALL(reallocarray(NULL, 1 << 20, 1 << 13) != NULL);
}

static void alignment(void)
{
	static const size_t alignments[] = { 16, 64, 4096, 65536 };

	for (int i = 0; i < 4; i++) {
		void *p = NULL,
		     *q = aligned_alloc(alignments[i], alignments[i] * 3),
		     *r = memalign(alignments[i], 100);
		int error = posix_memalign(&p, alignments[i], 1000);

		printf("%zu: %d %d %d %d\n", alignments[i], error,
		       (int)((uintptr_t)p % alignments[i]),
		       (int)((uintptr_t)q % alignments[i]),
		       (int)((uintptr_t)r % alignments[i]));
		free(p);
		free(q);
		free(r);
	}
	void *odd = NULL;
	printf("odd alignment: %s\n",
	       strerrorname_np(posix_memalign(&odd, 24, 10)));
	printf("usable: %d\n", malloc_usable_size(odd = malloc(100)) >= 100);
	free(odd);
}

/* Checks that the break goes back when its top is free. */
static void trimming(void)
{
	char *before, *blocks[200];

	malloc_trim(0);
	before = sbrk(0);
	for (int i = 0; i < 200; i++)
		memset(blocks[i] = malloc(20000), 1, 20000);
	printf("break grew: %d\n", (char *)sbrk(0) - before > 3000000);
	for (int i = 0; i < 200; i++)
		free(blocks[i]);
	malloc_trim(0);
	printf("break went back: %d\n", (char *)sbrk(0) - before < 1000000);
}

/*
 * Limits the address space: malloc fails with ENOMEM, and works again
 * afterwards.
 */
static void exhaustion(void)
{
	struct rlimit limit = { 16 << 20, 16 << 20 };
	int status, n = 0;

	fflush(stdout);
	if (fork() == 0) {
		void **list = NULL, **block;

		setrlimit(RLIMIT_AS, &limit);
		for (; (block = malloc(100000)); n++, list = block)
			*block = list;
		printf("exhausted: %s, between 50 and 170 blocks: %d\n",
		       strerrorname_np(errno), n > 50 && n < 170);
		while (list) {
			block = *list;
			free(list);
			list = block;
		}
		printf("again: %d\n", malloc(100000) != NULL);
		exit(7);
	}
	wait(&status);
	printf("status %d\n", WEXITSTATUS(status));
}

int main(void)
{
	random_blocks();
	big_blocks();
	alignment();
	trimming();
	exhaustion();
	return 0;
}
