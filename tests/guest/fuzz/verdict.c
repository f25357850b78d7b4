/* After a round: what must be as it was before the first one. */
#include <counts.h>
#include <fcntl.h>
#include "fuzz.h"

#define TRIES	50

static struct audit_report before, after;
static struct task_info tasks[16];

static void count(struct audit_report *r)
{
	mm_audit(r, AUDIT_DROP_CACHES);
}

/* Prints all counts, for a search for lost frames. */
static void print_counts(const char *when, const struct audit_report *r)
{
	const unsigned *counts = (const unsigned *)r;

	printf("%s:", when);
	for (unsigned i = 0; i < sizeof(*r) / sizeof(*counts); i++)
		printf(" %u", counts[i]);
	for (int i = 0, n = ps(tasks, ARRAY(tasks), 0); i < n; i++)
		printf("; %s %u KB", tasks[i].comm, tasks[i].rss_kb);
	printf("\n");
}

/* Called first, so that stack and heap have all the pages they ever need. */
static void use_memory(void)
{
	volatile char room[6 * PAGE];
	char *heap = malloc(sizeof(room));

	for (unsigned i = 0; i < sizeof(room); i += PAGE)
		room[i] = heap[i] = 0;
	free(heap);
}

void take_baseline(void)
{
	use_memory();
	sleep_us(50000);
	count(&before);
}

static const char *name_of_hole(void)
{
	static const char *const names[] = {
		"?", "an ordinary user became another",
		"an ordinary user read the secret", "fresh memory is not empty",
		"memory or state changed by another",
	};

	char mark = 0;
	int fd = open(MARKS, O_RDONLY);

	read(fd, &mark, 1);
	close(fd);
	if (mark == 't')
		return "a set-user-id program is traced";
	if (mark == 'c')
		return "a set-user-id program's umask or folder changed";
	if (shared->hole <= HOLE || shared->hole > HOLE + HOLE_CHANGED)
		return NULL;
	return names[shared->hole - HOLE];
}

/* Returns what is wrong, or NULL. Unfinished work gets a moment. */
const char *verdict(void)
{
	const char *wrong = name_of_hole();

	if (wrong)
		return wrong;
	wrong = ask_canary();
	if (wrong)
		return wrong;
	for (int i = 0; i < TRIES; i++) {
		count(&after);
		wrong = counts_difference(&before, &after);
		if (!wrong || after.mismatches)
			return wrong;
		sleep_us(20000);
	}
	if (before.frames_total) {
		print_counts("before", &before);
		print_counts("after", &after);
	}
	return wrong;
}
