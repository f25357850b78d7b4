/*
 * The policies of xfork mixed, in any order, over generations. Processes take
 * orders, one at a time, and share a region with a page table of its own. The
 * model (policies_model.h) predicts each byte, fault and frame.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include "policies_model.h"

#define REGION		((char *)0x60000000)
#define ZEROES		16	/* from here on pages that were only read, */
#define ABSENT		20 /* and from here on untouched pages */
#define PATIENCE	15	/* seconds to wait for a dead one */

enum how { BY_ITSELF, BY_KERNEL, BY_SHARER, WAYS };
static const int policies[3] = { OLD, COW, LAZY };

/*
 * The processes. Each finds its orders on the stage, which all share, and
 * leaves its results there.
 */

enum order { FORK, WRITE, LOOK, WAIT, LEAVE };

static struct stage {
	enum order order;
	enum how how;
	int policy, slot, first, end, pid;
	char value, expected[PAGES];
	int wrong;		/* bytes that were not as expected */
	long faults, frames;
} *stage;

static int to_actor[ACTORS][2], done[2], letters, counted;

static long faults(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_minflt;
}

static long free_frames(void)
{
	struct sysinfo info;

	CHECK(pages_info(&info) == 0);
	return info.freeram;
}

static void write_pages(const struct stage *s)
{
	for (int i = s->first; i < s->end; i++)
		if (s->how == BY_KERNEL)
			CHECK(pread(letters, REGION + i * PAGE + i, 1,
				    (unsigned char)s->value) == 1);
		else
			REGION[i * PAGE + i] = s->value;
}

/*
 * Counts faults. It touches its stack, data and file before, so as not to count
 * them.
 */
static void write_and_count(void *arg)
{
	struct stage *s = arg;
	long old_faults = faults(), old_frames = free_frames();
	char c;

	CHECK(pread(letters, &c, 1, 0) == 1);
	old_faults = faults();
	old_frames = free_frames();
	write_pages(s);
	old_frames -= free_frames();
	s->faults = faults() - old_faults;
	s->frames = old_frames;
}

static void look(struct stage *s)
{
	s->wrong = 0;
	for (int i = 0; i < ABSENT; i++)
		s->wrong += REGION[i * PAGE + i] != s->expected[i];
}

/*
 * Obeys an order. Returns the process's number: self, or in a child, the
 * child's.
 */
static int obey(struct stage *s, int self)
{
	int pid, slot = s->slot;

	switch (s->order) {
	case FORK:
		pid = fork_by(s->policy);
		if (pid == 0)
			return slot;
		s->pid = pid;
		break;
	case WRITE:
		look(s);
		if (s->how == BY_SHARER)
			in_sharer(write_and_count, s);
		else
			write_and_count(s);
		break;
	case LOOK:
		look(s);
		break;
	case WAIT:
		CHECK(wait_status(s->pid) == 0);
		break;
	case LEAVE:
		CHECK(write(done[1], "x", 1) == 1);
		_exit(0);
	}
	return self;
}

static void act(int self)
{
	for (;;) {
		char c;
		int then;

		CHECK(read(to_actor[self][0], &c, 1) == 1);
		then = obey(stage, self);
		if (then == self)
			CHECK(write(done[1], "x", 1) == 1);
		self = then;
	}
}

/* Makes the first process's pages: bytes, zeroes, nothing yet. */
static void first_actor(void)
{
	CHECK(mmap(REGION, PAGES * PAGE, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == REGION);
	for (int i = 0; i < ZEROES; i++)
		REGION[i * PAGE + i] = '0';
	for (int i = ZEROES; i < ABSENT; i++)
		CHECK(*(volatile char *)(REGION + i * PAGE) == 0);
	act(0);
}

/* The director, which is none of the processes and does not have the region. */

static void tell(int i, enum order order)
{
	char c;

	stage->order = order;
	memcpy(stage->expected, actors[i].byte, PAGES);
	CHECK(write(to_actor[i][1], "x", 1) == 1 && read(done[0], &c, 1) == 1);
}

static void do_fork(int i, int child, int policy)
{
	stage->policy = policy;
	stage->slot = child;
	tell(i, FORK);
	CHECK(stage->pid > 0);
	actors[child].pid = stage->pid;
	actors[child].parent = i;
	model_fork(&actors[i], &actors[child], policy);
}

static void do_write(int i, int first, int end, char value, enum how how)
{
	stage->first = first;
	stage->end = end;
	stage->value = value;
	stage->how = how;
	tell(i, WRITE);
	CHECK(stage->wrong == 0);
	faults_due = frames_due = 0;
	for (int page = first; page < end; page++)
		model_write(&actors[i], page, value);
	if (!counted)
		return;
	if (stage->faults != faults_due || stage->frames != frames_due)
		printf("  %d writes pages %d to %d: %ld faults, %d due, "
		       "%ld frames, %d due\n",
		       i, first, end - 1, stage->faults, faults_due,
		       stage->frames, frames_due);
	CHECK(stage->faults == faults_due);
	CHECK(stage->frames == frames_due);
}

/*
 * Waits until a process has given back its memory. Its parent waits for it, or
 * else init does.
 */
static void do_leave(int i)
{
	int parent = actors[i].parent;

	tell(i, LEAVE);
	model_exit(&actors[i]);
	if (i == 0) {
		CHECK(wait_status(actors[0].pid) == 0);
	} else if (parent >= 0) {
		stage->pid = actors[i].pid;
		tell(parent, WAIT);
	} else {
		while (counted && kill(actors[i].pid, 0) == 0)
			sleep_ms(1);
	}
	for (int k = 0; k < ACTORS; k++)
		if (actors[k].parent == i)
			actors[k].parent = -1;
}

static void all_look(void)
{
	for (int i = 0; i < ACTORS; i++) {
		if (!actors[i].table)
			continue;
		tell(i, LOOK);
		CHECK(stage->wrong == 0);
	}
	if (counted)
		CHECK(mm_audit(NULL, 0) == 0);
}

static void open_stage(void)
{
	char all[256];

	counted = on_cowix();
	stage = mmap(NULL, sizeof(*stage), RW, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	CHECK(stage != MAP_FAILED && pipe(done) == 0);
	for (int i = 0; i < ACTORS; i++)
		CHECK(pipe(to_actor[i]) == 0);
	for (int i = 0; i < 256; i++)
		all[i] = i;
	letters = open("/tmp/test-policies", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(letters >= 0 && unlink("/tmp/test-policies") == 0 &&
	      write(letters, all, 256) == 256);
}

/* Returns the frame that the first actor has at page i. */
static int first_frame(int i)
{
	if (i < ZEROES)
		return new_frame();
	return i < ABSENT ? ZERO : NONE;
}

static void begin(void)
{
	struct table *t = new_table();

	alarm(PATIENCE);
	for (int i = 0; i < PAGES; i++) {
		t->entry[i].frame = first_frame(i);
		t->entry[i].cow = i >= ZEROES && i < ABSENT;
		actors[0].byte[i] = i < ZEROES ? '0' : 0;
	}
	frame_count[NONE] = frame_count[ZERO] = 1 << 20;
	actors[0].parent = -1;
	actors[0].table = t;
	actors[0].lent = 0;
	actors[0].pid = fork();
	if (actors[0].pid == 0)
		first_actor();
}

/* Returns the n-th order of four. */
static void order_of_four(int n, int *order)
{
	int left[4] = { 0, 1, 2, 3 };

	for (int k = 4; k > 0; k--) {
		int at = n % k;

		n /= k;
		order[4 - k] = left[at];
		memmove(left + at, left + at + 1, (k - at - 1) * sizeof(int));
	}
}

/*
 * Forks four generations in each of 27 ways before anyone writes. Then they
 * write in each of 24 orders: by themselves, by a call, by another process.
 */
static void sequences(void)
{
	int order[4], ways = on_cowix() ? 27 : 1;

	open_stage();
	for (int way = 0; way < ways; way++)
		for (int n = 0; n < 24; n++) {
			begin();
			do_fork(0, 1, policies[way % 3]);
			do_fork(1, 2, policies[way / 3 % 3]);
			do_fork(2, 3, policies[way / 9]);
			order_of_four(n, order);
			for (int turn = 0; turn < 4; turn++)
				do_write(order[turn], 0, PAGES,
					 'a' + order[turn],
					 (way + n + turn) % WAYS);
			all_look();
			for (int i = 3; i >= 0; i--)
				do_leave(i);
		}
}

/*
 * Does so with leaving: after its write each process leaves. The last one then
 * owns everything.
 */
static void one_after_the_other(void)
{
	int order[4], ways = on_cowix() ? 27 : 1;

	open_stage();
	for (int way = 0; way < ways; way++)
		for (int n = way % 5; n < 24; n += 5) {
			begin();
			for (int i = 0, digits = way; i < 3; i++, digits /= 3)
				do_fork(i, i + 1, policies[digits % 3]);
			order_of_four(n, order);
			for (int turn = 0; turn < 4; turn++) {
				do_write(order[turn], turn, PAGES - turn,
					 'A' + turn, (way + n + turn) % WAYS);
				all_look();
				if (turn < 3)
					do_leave(order[turn]);
			}
			do_write(order[3], 0, PAGES, 'z', BY_ITSELF);
			do_leave(order[3]);
		}
}

static int living(void)
{
	int n = 0;

	for (int i = 0; i < ACTORS; i++)
		n += actors[i].table != NULL;
	return n;
}

static void random_step(void)
{
	int i = rand() % ACTORS, other = rand() % ACTORS,
	    first = rand() % PAGES, what = rand() % 8;

	while (!actors[i].table)
		i = rand() % ACTORS;
	if (what < 3 && !actors[other].table)
		do_fork(i, other, policies[rand() % 3]);
	else if (what == 3 && living() > 1 && i != 0)
		do_leave(i);
	else
		do_write(i, first, first + 1 + rand() % (PAGES - first), rand(),
			 rand() % WAYS);
}

/* Lets any process fork by any policy, write or leave at any time. */
static void random_plays(void)
{
	open_stage();
	srand(getenv("SEED") ? atoi(getenv("SEED")) : 5);
	for (int play = 0; play < 8; play++) {
		begin();
		for (int step = 0; step < 150; step++) {
			random_step();
			if (step % 10 == 0)
				all_look();
		}
		all_look();
		for (int i = ACTORS - 1; i >= 0; i--)
			if (actors[i].table)
				do_leave(i);
	}
}

TESTS({ "sequences",
	"each sequence of three policies, writers in each order: bytes, "
	"faults and frames are those of a model",
	sequences },
      { "one_after_the_other",
	"who has written leaves before the next one writes",
	one_after_the_other },
      { "random_plays", "forks, writes and exits at random", random_plays })
