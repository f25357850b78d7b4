/*
 * The builtins about variables and parameters: export, readonly, local, unset,
 * set, shift, getopts.
 */
#include "sh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns the name before the =. A bad one is fatal. */
static char *checked_name(const char *command, const char *argument)
{
	char *name = arena_strndup(argument, strcspn(argument, "="));

	if (!is_name(name))
		fail("%s: %s: bad variable name", command, name);
	return name;
}

/*
 * Runs export and readonly: [name[=value]...]. Without names lists all
 * variables that have the flag.
 */
static int mark_all(int argc, char **argv, int flag)
{
	int i = 1;

	if (i < argc &&
	    (strcmp(argv[i], "-p") == 0 || strcmp(argv[i], "--") == 0))
		i++;
	if (i == argc) {
		struct text t = { 0 };

		text_puts(&t, argv[0]);
		text_put(&t, ' ');
		show_vars(t.s, flag);
	}
	for (; i < argc; i++) {
		char *name = checked_name(argv[0], argv[i]);

		if (strchr(argv[i], '='))
			set_var(name, strchr(argv[i], '=') + 1);
		mark_var(name, flag);
	}
	return 0;
}

int do_export(int argc, char **argv)
{
	return mark_all(argc, argv, V_EXPORT);
}

int do_readonly(int argc, char **argv)
{
	return mark_all(argc, argv, V_READONLY);
}

/*
 * Runs local name[=value]...: until the function returns. `local -` saves the
 * options.
 */
int do_local(int argc, char **argv)
{
	if (!function_depth)
		fail("local: not in a function");
	for (int i = 1; i < argc; i++) {
		char *name;

		if (strcmp(argv[i], "-") == 0) {
			local_save("-");
			continue;
		}
		name = checked_name("local", argv[i]);
		local_save(name);
		if (strchr(argv[i], '='))
			set_var(name, strchr(argv[i], '=') + 1);
	}
	return 0;
}

/* Runs unset [-fv] name.... */
int do_unset(int argc, char **argv)
{
	int i = 1, functions = 0;

	/* -v is the default */
	for (; i < argc && argv[i][0] == '-'; i++)
		functions |= strchr(argv[i], 'f') != NULL;
	for (; i < argc; i++) {
		if (functions) {
			unset_function(argv[i]);
			continue;
		}
		if (is_readonly(checked_name("unset", argv[i])))
			fail("unset: %s: is read only", argv[i]);
		unset_var(argv[i]);
	}
	return 0;
}

/*
 * Sets new positional parameters. The old ones are not freed: the loop that
 * runs may use them.
 */
static void set_positional(int count, char **list)
{
	char **new = keep_alloc((count + 2) * sizeof(char *));

	new[0] = positional[0];
	for (int i = 0; i < count; i++)
		new[i + 1] = keep_string(list[i]);
	positional = new;
	optind = 0;
}

static int set_letters(const char *letters, int on)
{
	for (; *letters; letters++)
		if (set_option(*letters, on) < 0)
			fail("set: -%c: no such option", *letters);
	return 0;
}

/*
 * Runs set. It shows the variables, or sets options (set -e, +x, -o name) and
 * positional parameters (set [--] a b).
 */
int do_set(int argc, char **argv)
{
	int i = 1;

	if (argc == 1)
		show_vars("", 0);
	for (;
	     i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1];
	     i++) {
		int on = argv[i][0] == '-';

		if (strcmp(argv[i], "--") == 0) {
			set_positional(argc - i - 1, argv + i + 1);
			return 0;
		}
		if (strcmp(argv[i] + 1, "o") != 0) {
			set_letters(argv[i] + 1, on);
		} else if (i + 1 == argc) {
			show_options(!on);
		} else if (set_option_named(argv[++i], on) < 0) {
			fail("set: %s: no such option", argv[i]);
		}
	}
	if (i < argc && strcmp(argv[i], "-") == 0) {
		i++;
		option['x'] = option['v'] = 0;
	}
	if (i < argc)
		set_positional(argc - i, argv + i);
	return 0;
}

/* Runs shift [n]. */
int do_shift(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1, count = 0;
	char *name = positional[0];

	while (positional[count + 1])
		count++;
	if (n < 0 || n > count ||
	    (argc > 1 && argv[1][strspn(argv[1], "0123456789")]))
		fail("shift: can't shift that many");
	if (n > 0) {
		positional += n;
		positional[0] = name;
	}
	return 0;
}

/* Sets the variable to the letter that getopts found, or to ? or :. */
static int set_option_found(const char *name, char letter)
{
	char number[16];
	int place;

	set_var(name, (char[]){ letter, 0 });
	snprintf(number, sizeof(number), "%d", optind);
	place = optind;
	set_var("OPTIND", number);
	optind = place;
	return 0;
}

/* inside a group like -abc; 0: at the start of an argument */
static int option_place;

/*
 * Returns the argument of an option, which stands behind it or is the next one.
 * Returns "" and sets *missing if there is none.
 */
static const char *option_argument(char **list, int count, int *missing)
{
	const char *argument = "";

	if (option_place)
		argument = list[optind] + option_place;
	else if (optind <= count)
		argument = list[optind];
	else
		*missing = 1;
	if (option_place || !*missing)
		optind++;
	option_place = 0;
	return argument;
}

/* Reports an unknown option, or one without its argument. */
static int option_error(const char *name, int quiet, char c, int missing)
{
	if (quiet) {
		set_var("OPTARG", (char[]){ c, 0 });
	} else {
		complain(missing ? "%s: -%c needs an argument"
				 : "%s: no such option: -%c",
			 positional[0], c);
		unset_var("OPTARG");
	}
	return set_option_found(name, quiet && missing ? ':' : '?');
}

/* Returns 1 at the end of the options. Skips "--". */
static int options_end(char **list, int count)
{
	const char *argument = optind <= count ? list[optind] : NULL;

	if (option_place || (argument && argument[0] == '-' && argument[1] &&
			     strcmp(argument, "--") != 0))
		return 0;
	optind += argument && strcmp(argument, "--") == 0;
	return 1;
}

/*
 * Runs getopts letters name [argument...]: finds the next option, by OPTIND and
 * the place inside a group.
 */
int do_getopts(int argc, char **argv)
{
	char **list = argc > 3 ? argv + 2 : positional, c;
	const char *letters = argc > 2 ? argv[1] : "", *found,
		   *optind_text = get_var("OPTIND");
	int count = 0, missing = 0;

	if (argc < 3)
		return complain("getopts: getopts letters name [argument...]");
	while (list[count + 1])
		count++;
	if (optind < 1) {		/* OPTIND or the parameters were set */
		optind = optind_text && atoi(optind_text) > 0
				 ? atoi(optind_text)
				 : 1;
		option_place = 0;
	}
	if (options_end(list, count)) {
		unset_var("OPTARG");
		set_option_found(argv[2], '?');
		return 1;
	}
	option_place += !option_place;
	c = list[optind][option_place++];
	if (!list[optind][option_place]) {
		optind++;
		option_place = 0;
	}
	found = c == ':' ? NULL : strchr(letters, c);
	if (!found)
		return option_error(argv[2], *letters == ':', c, 0);
	if (found[1] == ':')
		set_var("OPTARG", option_argument(list, count, &missing));
	else
		unset_var("OPTARG");
	return missing ? option_error(argv[2], *letters == ':', c, 1)
		       : set_option_found(argv[2], c);
}
