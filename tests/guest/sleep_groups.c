/*
 * The sweep of planned sleeps (sleep.h) over signals to a growing process
 * group. While memory for a queued signal is sought, all members get it, or
 * none.
 */
#include "sleep.h"

#define SIGQUEUED 40		/* is queued */
#define CHILDREN 20

static volatile struct {
	int look, told;
} *group;

static int tell_group(void)
{
	return kill(0, SIGQUEUED);
}

/* Waits to be told to look. Exits with 1 if the signal came. */
static void be_member(void *arg)
{
	sigset_t pending;

	(void)arg;
	while (!group->look)
		sleep_ms(1);
	CHECK(sigpending(&pending) == 0);
	_exit(sigismember(&pending, SIGQUEUED));
}

static int members[CHILDREN];

/* Makes members, and becomes one that has joined after them. */
static int grow(void)
{
	int pgrp = getpgrp();

	for (int i = 0; i < CHILDREN; i++)
		members[i] = start_child(be_member);
	CHECK(setpgid(0, 0) == 0 && setpgid(0, pgrp) == 0);
	return 0;
}

static void count_told(void)
{
	group->look = 1;
	for (int i = 0; i < CHILDREN; i++)
		if (members[i])
			group->told +=
				WEXITSTATUS(wait_status(members[i]));
}

static void describe_group(char *to)
{
	sprintf(to, "%d told", group->told);
}

static void start_group(void)
{
	sigset_t set;

	group = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(group != MAP_FAILED && setpgid(0, 0) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGQUEUED);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static const struct act group_acts[] = {
	{ .name = "tell", .run = tell_group, .only_subject = 1 },
	{ .name = "grow", .run = grow, .check = count_told, .only_rival = 1 },
};

static void groups(void)
{
	static const struct scene s = SCENE("groups", group_acts,
		.prepare = start_group, .describe = describe_group,
		.threads = 0);

	sweep_scene(&s);
}

static volatile int handled;	/* by this process, or before its birth */
static int forked;

static void note_handled(int sig)
{
	(void)sig;
	handled++;
}

static int tell_all(void)
{
	return kill(0, SIGUSR1);
}

/* Becomes a child that was told, whoever was told first. */
static void be_forked(void *arg)
{
	(void)arg;
	while (!group->look)
		sleep_ms(1);
	_exit(handled);
}

static int fork_one(void)
{
	forked = start_child(be_forked);
	return 0;
}

static void ask_forked(void)
{
	group->look = 1;
	if (forked)
		group->told = WEXITSTATUS(wait_status(forked));
}

static void start_handling(void)
{
	struct sigaction action = { .sa_handler = note_handled,
				    .sa_flags = SA_RESTART };

	start_group();
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	handled = forked = 0;
}

/*
 * Checks that a signal to a group reaches a child that is just being made, or
 * that its parent has handled the signal before.
 */
static void forking(void)
{
	static const struct act acts[] = {
		{ .name = "fork", .run = fork_one, .check = ask_forked,
		  .only_subject = 1 },
		{ .name = "tell", .run = tell_all, .only_rival = 1 },
	};
	static const struct scene s = SCENE("forking", acts,
		.prepare = start_handling, .describe = describe_group,
		.threads = 0);

	sweep_scene(&s);
}

TESTS({ "groups", "a queued signal to a group that grows", groups },
      { "forking", "a signal to a group of which one forks", forking })
