/*
 * cd and pwd, which remember the way through symbolic links; umask and times.
 */
#include "sh.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <unistd.h>

/* Returns PWD if it is right, else the kernel's answer. */
static char *current_directory(int physical)
{
	const char *pwd = get_var("PWD");
	struct stat here, there;
	char *cwd = arena_alloc(4096);

	if (!physical && pwd && *pwd == '/' && stat(pwd, &there) == 0 &&
	    stat(".", &here) == 0 && here.st_ino == there.st_ino &&
	    here.st_dev == there.st_dev)
		return arena_strdup(pwd);
	return getcwd(cwd, 4096) ? cwd : NULL;
}

/* Removes . and .. and double slashes from an absolute path. */
static char *clean_path(const char *path)
{
	struct text t = { 0 };

	while (*(path += strspn(path, "/"))) {
		size_t n = strcspn(path, "/");

		if (n == 2 && strncmp(path, "..", 2) == 0) {
			while (t.length > 0 && t.s[--t.length] != '/')
				;
		} else if (n != 1 || *path != '.') {
			text_put(&t, '/');
			text_putn(&t, path, n);
		}
		path += n;
	}
	if (t.length == 0)
		text_put(&t, '/');
	return text_end(&t);
}

/* Returns directory/name. */
static char *join(const char *directory, const char *name)
{
	struct text t = { 0 };

	text_puts(&t, directory);
	text_put(&t, '/');
	text_puts(&t, name);
	return t.s;
}

/*
 * Changes the directory. Returns 0 or -1. Unless physical is set, .. removes
 * the part before it in the path.
 */
static int change_to(const char *to, int physical)
{
	char *old = current_directory(0), *path = NULL;

	if (!physical && (*to == '/' || old)) {
		path = clean_path(*to == '/' ? to : join(old, to));
		if (chdir(path) < 0)
			return -1;
	} else if (chdir(to) < 0) {
		return -1;
	}
	if (physical || !path)
		path = current_directory(1);
	if (old)
		set_var("OLDPWD", old);
	if (path)
		set_var("PWD", path);
	return 0;
}

/*
 * Tries the directories of CDPATH. Returns 1 if it went there and the place is
 * to be printed.
 */
static int change_along_path(const char *to, int physical)
{
	const char *path = get_var("CDPATH");

	if (*to == '/' || strncmp(to, "./", 2) == 0 ||
	    strncmp(to, "../", 3) == 0 || strcmp(to, ".") == 0 ||
	    strcmp(to, "..") == 0)
		return 0;
	while (path && *path) {
		size_t n = strcspn(path, ":");

		if (n > 0 &&
		    change_to(join(arena_strndup(path, n), to), physical) == 0)
			return 1;
		path += n + (path[n] == ':');
	}
	return 0;
}

/* Runs cd [-LP] [directory | -]. */
int do_cd(int argc, char **argv)
{
	int i = 1, physical = 0, show;
	const char *to;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strspn(argv[i] + 1, "LP") != strlen(argv[i] + 1))
			return complain("cd: %s: no such option", argv[i]);
		physical = argv[i][1] == 'P';
	}
	to = i < argc ? argv[i] : get_var("HOME");
	if (!to)
		return complain("cd: HOME is not set");
	show = strcmp(to, "-") == 0;
	if (show && !(to = get_var("OLDPWD")))
		return complain("cd: OLDPWD is not set");
	if (change_along_path(to, physical)) {
		show = 1;
	} else if (*to && change_to(to, physical) < 0) {
		return complain("cd: %s: %s", to, strerror(errno));
	}
	if (show)
		puts(get_var("PWD"));
	return 0;
}

/* Runs pwd [-LP]. */
int do_pwd(int argc, char **argv)
{
	char *cwd = current_directory(argc > 1 && strcmp(argv[1], "-P") == 0);

	if (!cwd)
		return complain("pwd: %s", strerror(errno));
	puts(cwd);
	return 0;
}

/* Prints a mask as u=rwx,g=rx,o=. A bit of the mask forbids. */
static void show_symbolic(mode_t mask)
{
	static const char who[] = "ugo";

	for (int i = 0; i < 3; i++) {
		int allowed = ~mask >> (6 - 3 * i) & 7;

		printf("%c=%s%s%s%s", who[i], allowed & 4 ? "r" : "",
		       allowed & 2 ? "w" : "", allowed & 1 ? "x" : "",
		       i < 2 ? "," : "\n");
	}
}

/*
 * Returns the letters behind an operator as bits for everybody. u g o stand for
 * what they are allowed now.
 */
static int letter_bits(const char **s, int allowed)
{
	int bits = 0;

	for (; **s && strchr("rwxXstugo", **s); (*s)++)
		switch (**s) {
		case 'r': bits |= 0444; break;
		case 'w': bits |= 0222; break;
		case 'x': bits |= 0111; break;
		case 'X': bits |= allowed & 0111 ? 0111 : 0; break;
		case 'u': bits |= (allowed >> 6 & 7) * 0111; break;
		case 'g': bits |= (allowed >> 3 & 7) * 0111; break;
		case 'o': bits |= (allowed & 7) * 0111; break;
		}
	return bits;
}

/* Returns the bits that a letter of u, g, o and a stands for. */
static int who_bits(char c)
{
	switch (c) {
	case 'u': return 0700;
	case 'g': return 070;
	case 'o': return 07;
	default: return 0777;
	}
}

/*
 * Changes a mask by clauses like u=rwx,go-w. Returns the new mask, or -1 if a
 * clause is invalid.
 */
static int symbolic_mask(const char *s, mode_t mask)
{
	int allowed = ~mask & 0777;

	for (;; s++) {
		int who = 0, bits;

		for (; *s && strchr("ugoa", *s); s++)
			who |= who_bits(*s);
		who = who ? who : 0777;
		if (!*s || !strchr("=+-", *s))
			return -1;
		while (*s && strchr("=+-", *s)) {
			char op = *s++;

			bits = letter_bits(&s, allowed) & who;
			if (op == '=')
				allowed &= ~who;
			if (op == '-')
				allowed &= ~bits;
			else
				allowed |= bits;
		}
		if (!*s)
			return ~allowed & 0777;
		if (*s != ',')
			return -1;
	}
}

/* Runs umask [-S] [mask]. */
int do_umask(int argc, char **argv)
{
	int symbolic = argc > 1 && strcmp(argv[1], "-S") == 0, new;
	mode_t mask = umask(0);

	umask(mask);
	if (argc > 1 + symbolic && strcmp(argv[1 + symbolic], "--") == 0) {
		argc--;
		argv++;
	}
	if (argc == 1 + symbolic) {
		if (symbolic)
			show_symbolic(mask);
		else
			printf("%04o\n", mask);
		return 0;
	}
	if (argv[1 + symbolic][0] >= '0' && argv[1 + symbolic][0] <= '9')
		new = argv[1 + symbolic][strspn(argv[1 + symbolic], "01234567")]
			      ? -1
			      : (int)strtoul(argv[1 + symbolic], NULL, 8);
	else
		new = symbolic_mask(argv[1 + symbolic], mask);
	if (new < 0)
		return complain("umask: %s: bad mask", argv[1 + symbolic]);
	umask(new & 0777);
	return 0;
}

static void show_time(clock_t ticks, char end)
{
	printf("%ldm%ld.%02ld0000s%c", (long)ticks / 6000,
	       (long)ticks / 100 % 60, (long)ticks % 100, end);
}

/*
 * Runs times: prints the user and system time of the shell and of its children.
 */
int do_times(int argc, char **argv)
{
	struct tms t;

	(void)argc;
	(void)argv;
	times(&t);
	show_time(t.tms_utime, ' ');
	show_time(t.tms_stime, '\n');
	show_time(t.tms_cutime, ' ');
	show_time(t.tms_cstime, '\n');
	return 0;
}
