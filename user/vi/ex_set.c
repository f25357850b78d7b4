/* :set: the options that vi knows. Every other one is refused. */
#include "vi.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 100

static const struct option {
	const char *name, *short_name;
	int *value, number;
} options[] = {
	{ "autoindent", "ai", &auto_indent, 0 },
	{ "ignorecase", "ic", &ignore_case, 0 },
	{ "number", "nu", &show_numbers, 0 },
	{ "shiftwidth", "sw", &shift_width, 1 },
	{ "tabstop", "ts", &tab_stop, 1 },
	{ "wrapscan", "ws", &wrap_scan, 0 },
};

static const struct option *find_option(const char *name)
{
	for (int i = 0; i < COUNT(options); i++)
		if (strcmp(name, options[i].name) == 0 ||
		    strcmp(name, options[i].short_name) == 0)
			return &options[i];
	fail("Options: autoindent ignorecase number shiftwidth= tabstop= "
	     "wrapscan");
}

/* Appends an option in the form that :set takes. */
static int show(const struct option *o, char *to, int size)
{
	if (o->number)
		return snprintf(to, size, "%s=%d ", o->name, *o->value);
	return snprintf(to, size, "%s%s ", *o->value ? "" : "no", o->name);
}

static void show_all(void)
{
	char text[200];
	int n = 0;

	for (int i = 0; i < COUNT(options); i++)
		n += show(&options[i], text + n, sizeof(text) - n);
	message("%s", text);
}

static void set_number(const char *name, const char *value)
{
	const struct option *o = find_option(name);
	char *end;
	long n = strtol(value, &end, 10);

	if (!o->number || end == value || *end || n < 1 || n > NUMBER_MAX)
		fail("Not a number for this option");
	*o->value = n;
}

static void set_one(char *word)
{
	char *mark = word + strcspn(word, "=?"), sign = *mark, text[40];
	int off = strncmp(word, "no", 2) == 0 && strcmp(word, "nu") != 0 &&
		  strncmp(word, "number", 6) != 0;
	const struct option *o;

	*mark = '\0';
	if (sign == '=') {
		set_number(word, mark + 1);
		return;
	}
	o = find_option(word + 2 * off);
	if (sign == '?' || (o->number && !off)) {
		show(o, text, sizeof(text));
		message("%s", text);
	} else if (o->number) {
		fail("A number cannot be off");
	} else {
		*o->value = !off;
	}
}

void ex_set(struct ex *x)
{
	char *word = strtok(x->argument, " \t");

	if (!word || strcmp(word, "all") == 0) {
		show_all();
		return;
	}
	for (; word; word = strtok(NULL, " \t"))
		set_one(word);
	forget_screen();
}
