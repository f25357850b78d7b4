/*
 * The model of policies.c: each page's frame in each process, and the faults
 * and frames that each act costs. A table stands for a page table. A frame
 * holds the count that mem_map[] has.
 */
#ifndef POLICIES_MODEL_H
#define POLICIES_MODEL_H
#include "policies.h"

#define PAGES		24	/* more than are unprotected at once */
#define REUSED		16
#define ACTORS		6

enum { OLD = FORK_POLICY_OLD, COW = FORK_POLICY_COW, LAZY = FORK_POLICY_LAZY };

enum { NONE, ZERO, FRAMES = 2 + (ACTORS + 1) * PAGES };

struct table {
	int users;
	struct {
		int frame, cow;
	} entry[PAGES];
};

struct actor {
	int pid, parent;
	struct table *table;	/* NULL: no such process */
	int lent;		/* may not write below its directory entry */
	char byte[PAGES];
};

static struct table tables[ACTORS + 1];
static int frame_count[FRAMES];
static struct actor actors[ACTORS];
static int faults_due, frames_due;

static int new_frame(void)
{
	int frame = ZERO + 1;

	while (frame_count[frame])
		CHECK(++frame < FRAMES);
	frame_count[frame] = 1;
	return frame;
}

static struct table *new_table(void)
{
	struct table *t = tables;

	while (t->users)
		CHECK(++t < tables + ACTORS + 1);
	t->users = 1;
	return t;
}

/*
 * Models a classic fork, and the first write below a lent table: all frames
 * become shared.
 */
static struct table *share_entries(struct table *from)
{
	struct table *to = new_table();

	for (int i = 0; i < PAGES; i++) {
		if (from->entry[i].frame != NONE) {
			from->entry[i].cow = 1;
			frame_count[from->entry[i].frame]++;
		}
		to->entry[i] = from->entry[i];
	}
	return to;
}

static struct table *copy_pages(const struct table *from)
{
	struct table *to = new_table();

	for (int i = 0; i < PAGES; i++) {
		to->entry[i].frame = from->entry[i].frame == NONE ? NONE
								  : new_frame();
		to->entry[i].cow = 0;
	}
	return to;
}

static void model_fork(struct actor *parent, struct actor *child, int policy)
{
	memcpy(child->byte, parent->byte, PAGES);
	child->lent = 0;
	if (policy == OLD) {
		child->table = copy_pages(parent->table);
	} else if (policy == COW && !parent->lent) {
		child->table = share_entries(parent->table);
	} else {
		child->table = parent->table;
		child->table->users++;
		parent->lent = child->lent = 1;
	}
}

static void own_table(struct actor *a)
{
	struct table *old = a->table;

	if (a->lent && old->users > 1) {
		a->table = share_entries(old);
		old->users--;
		frames_due++;
	}
	a->lent = 0;
}

static void model_write(struct actor *a, int page, char value)
{
	int frame = a->table->entry[page].frame,
	    fault = frame == NONE || a->lent;

	a->byte[page] = value;
	faults_due += fault;
	own_table(a);
	if (frame == NONE ||
	    (a->table->entry[page].cow && frame_count[frame] > 1)) {
		faults_due += frame != NONE;
		frames_due++;
		frame_count[frame]--;
		a->table->entry[page].frame = new_frame();
		a->table->entry[page].cow = 0;
	} else if (a->table->entry[page].cow) {
		faults_due++;
		for (int i = page;
		     i < PAGES && i < page + REUSED && a->table->entry[i].cow &&
		     frame_count[a->table->entry[i].frame] == 1;
		     i++)
			a->table->entry[i].cow = 0;
	}
}

static void model_exit(struct actor *a)
{
	if (--a->table->users == 0)
		for (int i = 0; i < PAGES; i++)
			frame_count[a->table->entry[i].frame]--;
	a->table = NULL;
}

#endif
