/*
 * What happens to frames, for those who want to see it (kernel/debug/trace.c).
 * Where it happens trace_* tells of it; while nobody looks that is one test.
 */
#ifndef COWIX_TRACE_H
#define COWIX_TRACE_H

#include <cowix/mm.h>

enum trace_kind {
	TRACE_SHARE,
	TRACE_DUP,
	TRACE_FAULT,
	TRACE_PUT,
	TRACE_COPY,
	TRACE_REUSE,
	TRACE_FREE,
	TRACE_TABLE,
	TRACE_TABLE_SHARE,
	TRACE_TABLE_COPY,
	TRACE_TABLE_FREE,
	TRACE_SWAP_OUT,
	TRACE_SWAP_IN,
	/* these have a word instead of a page */
	TRACE_FORK,
	TRACE_EXEC,
	TRACE_NAME
};

struct tracer {
	void (*page)(u32 kind, u32 addr, u32 frame, u32 other);
	void (*entries)(u32 kind, u32 addr, const pte_t *entries, u32 n,
			u32 other);
	void (*tables)(u32 kind, struct mm *mm);
	void (*fork)(int pid);
	void (*exec)(void);
};
extern const struct tracer *tracer;	/* mm/frames.c; NULL: nobody looks */

/*
 * A frame's reference at addr was gained, or will be lost; other is the copy.
 */
static inline void trace_page(u32 kind, u32 addr, u32 frame, u32 other)
{
	if (unlikely(tracer))
		tracer->page(kind, addr, frame, other);
}

/*
 * Like trace_page(), for those of n entries from addr on that are mapped.
 * Called before it happens. entries may be NULL. other is the copy of a table,
 * or 0.
 */
static inline void trace_entries(u32 kind, u32 addr, const pte_t *entries,
				 u32 n, u32 other)
{
	if (unlikely(tracer) && entries)
		tracer->entries(kind, addr, entries, n, other);
}

/*
 * Called before mm lends all its page tables, or, TRACE_TABLE_FREE, gives up
 * those that others use too.
 */
static inline void trace_tables(u32 kind, struct mm *mm)
{
	if (unlikely(tracer))
		tracer->tables(kind, mm);
}

/* Process pid will run with what current has shared since its last fork. */
static inline void trace_fork(int pid)
{
	if (unlikely(tracer))
		tracer->fork(pid);
}

/* current's memory is another program's from now on. */
static inline void trace_exec(void)
{
	if (unlikely(tracer))
		tracer->exec();
}

/* kernel/debug/trace.c */
#define TRACE_LINE	64u		/* characters of a line of its text */

void trace_init(void);
bool trace_is_on(void);
int trace_switch(bool on);	/* -ENOMEM. Off twice gives back its frames */
/* the numbers of the events that are kept: from the returned one up to *end */
u32 trace_first(u32 *end);
void trace_line(u32 number, char *line); /* TRACE_LINE characters and a NUL */

#endif
