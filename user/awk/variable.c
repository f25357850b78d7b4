/* Global variables, and what is special about those that awk itself uses. */
#include "awk.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct global {
	const char *name;
	struct cell cell;
	struct global *next;
} *globals;

struct cell *NF, *NR, *FNR, *FS, *OFS, *ORS, *RS, *SUBSEP, *CONVFMT, *OFMT,
	*RSTART, *RLENGTH, *FILENAME, *ENVIRON, *ARGC, *ARGV;

struct cell *find_global(const char *name)
{
	struct global *g;

	for (g = globals; g; g = g->next)
		if (strcmp(g->name, name) == 0)
			return &g->cell;
	g = allocate(sizeof(*g));
	g->name = strdup(name);
	g->next = globals;
	globals = g;
	return &g->cell;
}

/* Returns a variable's array. An unset one becomes one. */
struct array *array_of(struct cell *c)
{
	if (c->value.kind != UNSET)
		fatal("a value is used as an array", NULL);
	if (!c->array)
		c->array = c->given ? array_of(c->given) : new_array();
	return c->array;
}

struct value get_variable(struct cell *c)
{
	if (c->array)
		fatal("an array is used as a value", NULL);
	if (c == NF)
		split_record();
	return get(&c->value);
}

/* A new FS holds from the next record on; a new NF changes this one. */
void set_variable(struct cell *c, struct value v)
{
	if (c->array)
		fatal("a value is assigned to an array", NULL);
	if (c == FS)
		split_record();
	if (c == NF)
		set_nf(to_number(v));
	else
		set(&c->value, v);
}

const char *text_of(struct cell *c)
{
	return to_string(get(&c->value))->s;
}

/* Obeys an operand like name=value. Returns 0 if it is none. */
int assign_operand(const char *text)
{
	const char *equals = text;
	char *name, *value;
	size_t mark = kept();

	while (isalnum(*equals) || *equals == '_')
		equals++;
	if (*equals != '=' || equals == text || isdigit(*text))
		return 0;
	name = strndup(text, equals - text);
	value = strdup(equals + 1);
	if (!name || !value)
		fatal("no memory", NULL);
	unescape(value);
	set_variable(find_global(name),
		     input_value(new_string(value, strlen(value))));
	release(mark);
	free(name);
	free(value);
	return 1;
}

static struct cell *define(const char *name, struct value v)
{
	struct cell *c = find_global(name);

	set(&c->value, v);
	return c;
}

static void set_element(struct cell *c, const char *key, const char *text)
{
	set(find_element(array_of(c), key, 1),
	    input_value(new_string(text, strlen(text))));
}

static void init_environment(void)
{
	for (char **e = environ; *e; e++) {
		char *equals = strchr(*e, '='), *name;

		if (!equals)
			continue;
		name = strndup(*e, equals - *e);
		if (!name)
			fatal("no memory", NULL);
		set_element(ENVIRON, name, equals + 1);
		free(name);
	}
}

void init_variables(void)
{
	NF = define("NF", number_value(0));
	NR = define("NR", number_value(0));
	FNR = define("FNR", number_value(0));
	FS = define("FS", text_value(" "));
	OFS = define("OFS", text_value(" "));
	ORS = define("ORS", text_value("\n"));
	RS = define("RS", text_value("\n"));
	SUBSEP = define("SUBSEP", text_value("\034"));
	CONVFMT = define("CONVFMT", text_value("%.6g"));
	OFMT = define("OFMT", text_value("%.6g"));
	RSTART = define("RSTART", number_value(0));
	RLENGTH = define("RLENGTH", number_value(-1));
	FILENAME = define("FILENAME", (struct value){ .kind = UNSET });
	ENVIRON = find_global("ENVIRON");
	ARGV = find_global("ARGV");
	ARGC = find_global("ARGC");
	init_environment();
}

/* Sets ARGV: the name of the program, and its operands. */
void set_arguments(int argc, char **argv)
{
	char number[16];

	set_element(ARGV, "0", "awk");
	for (int i = 0; i < argc; i++) {
		snprintf(number, sizeof(number), "%d", i + 1);
		set_element(ARGV, number, argv[i]);
	}
	set(&ARGC->value, number_value(argc + 1));
}
