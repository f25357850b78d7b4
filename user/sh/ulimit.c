/*
 * ulimit [-HS] [-a | -tfdscmlpnvw [value]]
 * The limits that the shell's programs inherit. The units are those of dash.
 */
#include "sh.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define KILOBYTE 1024
#define BLOCK 512

enum { SOFT = 1, HARD };

static const struct limit {
	char letter;
	signed char resource;
	short unit;
	const char *name;
} limits[] = {
	{ 't', RLIMIT_CPU, 1, "time(seconds)" },
	{ 'f', RLIMIT_FSIZE, BLOCK, "file(blocks)" },
	{ 'd', RLIMIT_DATA, KILOBYTE, "data(kbytes)" },
	{ 's', RLIMIT_STACK, KILOBYTE, "stack(kbytes)" },
	{ 'c', RLIMIT_CORE, BLOCK, "coredump(blocks)" },
	{ 'm', RLIMIT_RSS, KILOBYTE, "memory(kbytes)" },
	{ 'l', RLIMIT_MEMLOCK, KILOBYTE, "locked memory(kbytes)" },
	{ 'p', RLIMIT_NPROC, 1, "process" },
	{ 'n', RLIMIT_NOFILE, 1, "nofiles" },
	{ 'v', RLIMIT_AS, KILOBYTE, "vmemory(kbytes)" },
	{ 'w', RLIMIT_LOCKS, 1, "locks" },
};
#define LIMITS (int)(sizeof(limits) / sizeof(limits[0]))

static void show(const struct limit *l, int which)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned long value;

	getrlimit(l->resource, &r);
	value = which & HARD && !(which & SOFT) ? r.rlim_max : r.rlim_cur;
	if (value == RLIM_INFINITY)
		puts("unlimited");
	else
		printf("%lu\n", value / l->unit);
}

static int show_all(int which)
{
	for (int i = 0; i < LIMITS; i++) {
		printf("%-20s ", limits[i].name);
		show(&limits[i], which);
	}
	return 0;
}

/* Changes a limit: both kinds unless one was named. */
static int change(const struct limit *l, int which, const char *text)
{
	unsigned long value = RLIM_INFINITY;
	struct rlimit r;
	char *end;

	if (strcmp(text, "unlimited") != 0) {
		errno = 0;
		value = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || *end || errno ||
		    value > (RLIM_INFINITY - 1) / l->unit)
			return complain("ulimit: %s: bad number", text);
		value *= l->unit;
	}
	getrlimit(l->resource, &r);
	if (which != HARD)
		r.rlim_cur = value;
	if (which != SOFT)
		r.rlim_max = value;
	return setrlimit(l->resource, &r) == 0
		       ? 0
		       : complain("ulimit: %s", strerror(errno));
}

int do_ulimit(int argc, char **argv)
{
	const struct limit *chosen = &limits[1];
	int which = 0, all = 0, i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			int n = 0;

			while (n < LIMITS && limits[n].letter != *s)
				n++;
			if (n < LIMITS)
				chosen = &limits[n];
			else if (*s == 'H' || *s == 'S')
				which |= *s == 'H' ? HARD : SOFT;
			else if (*s == 'a')
				all = 1;
			else
				return complain("ulimit: -%c: no such limit",
						*s);
		}
	}
	if (argc - i > 1 || (all && i < argc))
		return complain("ulimit: ulimit [-HS] [-a | -letter [value]]");
	if (all)
		return show_all(which);
	if (i < argc)
		return change(chosen, which, argv[i]);
	show(chosen, which);
	return 0;
}
