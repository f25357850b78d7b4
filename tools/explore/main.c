/*
 * explore [-l] [-a] [-j processes] [-d depth] [-t seconds] [world...]
 *
 * Searches worlds, all without names, and prints a line for each. Some are
 * searched no deeper than they say themselves. -a is to search these as deep as
 * 20 minutes allow. -l lists the worlds. The status is 0 if each world was
 * searched as far as it should be and no rule was broken, 1 if a rule was
 * broken, and 2 if something else is not as it should be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "search.h"

#define LONG	1200		/* seconds */
#define FOREVER	1e9

static unsigned jobs, depth;
static bool all;
static double seconds;		/* 0: no limit */

/* Prints a number in groups of three digits. */
static void print_number(unsigned long long n, int width)
{
	char text[40], *at = text + sizeof(text) - 1;
	int digits = 0;

	*at = 0;
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = '0' + n % 10;
		n /= 10;
		digits++;
	} while (n);
	printf("%*s", width, at);
}

/* Returns false if a pair that must occur did not. Tells which. */
static bool all_occurred(const struct world *world)
{
	const char *name;
	bool all = true;

	for (unsigned n = 0; world->pair && n < PAIRS_MAX; n++) {
		name = world->pair(n);
		if (!name || was_seen(n))
			continue;
		printf("  it never occurred: %s\n", name);
		all = false;
	}
	return all;
}

static const char *ending(const struct result *result)
{
	if (result->rule)
		return "BROKEN";
	return result->complete ? "complete" : "not complete";
}

static void print_result(const struct world *world,
			 const struct result *result)
{
	printf("%-10s", world->name);
	print_number(result->states, 12);
	printf(" states,");
	print_number(result->transitions, 14);
	printf(" transitions, %2u steps deep, %4.0f s: %s\n", result->depth,
	       result->seconds, ending(result));
}

/* Searches a world in a process of its own. Returns the exit status. */
static int search_world(const struct world *world)
{
	struct result result = { 0 };
	unsigned limit = all ? 0 : world->depth;

	if (depth)
		limit = depth;
	search(world, jobs, limit, seconds, &result);
	print_result(world, &result);
	if (result.rule)
		return 1;
	if (result.full && world->states) {
		printf("  more states than %u: what can happen is not the same "
		       "any more\n", world->states);
		return 2;
	}
	if (!result.complete)
		return 0;
	if (world->states && world->states != result.states) {
		printf("  there should be %u states: what can happen is not "
		       "the same any more\n", world->states);
		return 2;
	}
	return all_occurred(world) ? 0 : 2;
}

static int search_apart(const struct world *world)
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		status = search_world(world);
		fflush(stdout);
		_exit(status);
	}
	wait(&status);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "%s: killed by signal %d\n", world->name,
		WTERMSIG(status));
	return 2;
}

static bool is_named(const struct world *world, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], world->name) == 0)
			return true;
	return false;
}

static void list_worlds(void)
{
	for (const struct world *const *w = worlds; *w; w++)
		printf("%-10s %s\n", (*w)->name, (*w)->about);
}

static void usage(void)
{
	fprintf(stderr, "usage: explore [-l] [-a] [-j processes] [-d depth] "
			"[-t seconds] [world...]\n");
	exit(2);
}

/* Returns an error in the names, or NULL. */
static const char *unknown(char **names, int n)
{
	for (int i = 0; i < n; i++) {
		bool known = false;

		for (const struct world *const *w = worlds; *w; w++)
			known |= strcmp(names[i], (*w)->name) == 0;
		if (!known)
			return names[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int option, worst = 0;

	jobs = sysconf(_SC_NPROCESSORS_ONLN);
	while ((option = getopt(argc, argv, "laj:d:t:")) != -1) {
		switch (option) {
		case 'l': list_worlds(); return 0;
		case 'a': all = true; break;
		case 'j': jobs = atoi(optarg); break;
		case 'd': depth = atoi(optarg); break;
		case 't': seconds = atof(optarg); break;
		default: usage();
		}
	}
	if (!seconds)
		seconds = all ? LONG : FOREVER;
	argv += optind;
	argc -= optind;
	if (unknown(argv, argc)) {
		fprintf(stderr, "explore: no world %s; -l lists them\n",
			unknown(argv, argc));
		return 2;
	}
	for (const struct world *const *w = worlds; *w; w++) {
		int status = 0;

		if (!argc || is_named(*w, argv, argc))
			status = search_apart(*w);
		worst = worst == 1 || status == 1 ? 1 : worst | status;
	}
	return worst;
}
