/*
 * Compares two reports of the memory audit. The test programs, the failure
 * sweep and the fuzzer use it: what they started must have given back
 * everything.
 */
#include <counts.h>
#include <cowix.h>
#include <stdio.h>

/*
 * Returns how many frames are free, cached or hold kernel objects. A free frame
 * may become one of the others without being lost. It may hold a page of init's
 * program that init now needs. It may also hold the last objects of a page
 * whose other objects are gone. Objects are counted separately.
 */
static unsigned accounted(const struct audit_report *r)
{
	return r->frames_free + r->frames_cache + r->frames_kernel;
}

/* Returns the first owner whose frames grew or shrank, though they must not. */
static const char *owner_difference(const struct audit_report *a,
				    const struct audit_report *b)
{
	static const char *const names[NR_OWNERS] = OWNER_NAMES;
	const unsigned vary = 1 << OWNER_NONE | 1 << OWNER_USER |
		1 << OWNER_CACHE | 1 << OWNER_TABLE | 1 << OWNER_KMALLOC;

	for (int i = 0; i < NR_OWNERS; i++)
		if (!(vary & 1 << i) && a->owned[i] != b->owned[i])
			return names[i];
	return NULL;
}

const char *counts_difference(const struct audit_report *a,
			      const struct audit_report *b)
{
	/* in the data: taking a page at the first difference would be one */
	static char text[80] = "-";
	const struct {
		const char *name;
		unsigned before, after;
	} pairs[] = {
		{ "frames", accounted(a), accounted(b) },
		{ "kernel objects", a->kernel_objects - a->frames_cache,
		  b->kernel_objects - b->frames_cache },
		{ "open files", a->files_used, b->files_used },
		{ "inodes", a->inodes_used, b->inodes_used },
		{ "tasks", a->tasks, b->tasks },
		{ "page tables", a->frames_tables, b->frames_tables },
		{ "buffers", a->buffers_used, b->buffers_used },
	};

	if (b->mismatches)
		return "the memory audit found mismatches";
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].before != pairs[i].after) {
			snprintf(text, sizeof(text), "%s: %u before, %u after",
				 pairs[i].name, pairs[i].before,
				 pairs[i].after);
			return text;
		}
	return owner_difference(a, b);
}
