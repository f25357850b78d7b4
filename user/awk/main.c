/*
 * awk [-F separator] [-v name=value]... [-f file]... [program] [operand...]
 * Runs a program over the records of files. The patterns choose records; the
 * actions say what to do with them.
 */
#include "awk.h"
#include <help.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

struct rule *rules;
int exit_code;

static jmp_buf main_loop;		/* where next and exit go on */
static char *source;			/* the program, of one or more -f */

void fatal(const char *what, const char *detail)
{
	fflush(stdout);
	if (detail)
		fprintf(stderr, "awk: %s: %s\n", what, detail);
	else
		fprintf(stderr, "awk: %s\n", what);
	exit(2);
}

void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		fatal("no memory", NULL);
	return p;
}

void jump(enum op where)
{
	longjmp(main_loop, where);
}

/* Adds a text or a file to the program. */
static void add_source(FILE *f, const char *text)
{
	size_t n = source ? strlen(source) : 0;
	char part[512];
	size_t got;

	do {
		if (f)
			got = fread(part, 1, sizeof(part) - 1, f);
		else
			got = strlen(text);
		source = realloc(source, n + got + 2);
		if (!source)
			fatal("no memory", NULL);
		memcpy(source + n, f ? part : text, got);
		n += got;
		source[n] = '\n';
		source[n + 1] = '\0';
	} while (f && got);
}

static void add_file(const char *name)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

	if (!f) {
		warn(name);
		exit(2);
	}
	add_source(f, NULL);
	if (f != stdin)
		fclose(f);
}

static void run_action(struct rule *r)
{
	size_t mark = kept();

	if (r->action) {
		execute(r->action);
	} else {
		struct string *s = to_string(get_field(0));

		fwrite(s->s, 1, s->length, stdout);
		fputs(text_of(ORS), stdout);
	}
	release(mark);
}

static int holds(struct node *pattern)
{
	size_t mark = kept();
	int truth = to_truth(evaluate(pattern));

	release(mark);
	return truth;
}

/* Returns 1 if a rule is for this record. */
static int applies(struct rule *r)
{
	if (r->kind == RANGE) {
		if (!r->active && !holds(r->from))
			return 0;
		r->active = !holds(r->to);
		return 1;
	}
	return r->kind == EVERY || (r->kind == PATTERN && holds(r->from));
}

static void run_rules(enum rule_kind kind)
{
	for (struct rule *r = rules; r; r = r->next)
		if (r->kind == kind)
			run_action(r);
}

/* Returns 1 if there is a rule that needs input. */
static int needs_input(void)
{
	struct rule *r = rules;

	while (r && r->kind == BEGIN)
		r = r->next;
	return r != NULL;
}

static void run_records(void)
{
	size_t mark = kept();
	struct string *s;

	while ((s = next_main_record()) != NULL) {
		set_record(s);
		release(mark);
		for (struct rule *r = rules; r; r = r->next)
			if (r->kind > END && applies(r))
				run_action(r);
	}
}

/* Runs BEGIN, the records and END. exit skips to END, and ends that. */
static void run_program(void)
{
	volatile int stage = BEGIN;
	int why = setjmp(main_loop);

	leave_functions();
	release(0);
	if (why == NEXTFILE)
		skip_file();
	if (why == EXIT && stage == END)
		return;
	if (why == 0) {
		run_rules(BEGIN);
		stage = EVERY;
	}
	if (why != EXIT && needs_input())
		run_records();
	stage = END;
	run_rules(END);
}

int main(int argc, char **argv)
{
	const char *separator = NULL;
	int option;

	util_init("awk");
	answer_help(argv);
	init_variables();
	while ((option = getopt(argc, argv, "+F:v:f:")) != -1) {
		if (option == 'F')
			separator = optarg;
		else if (option == 'f')
			add_file(optarg);
		else if (option != 'v' || !assign_operand(optarg))
			usage();
	}
	if (separator)
		set(&FS->value, text_value(unescape(strdup(separator))));
	if (!source && optind == argc)
		usage();
	if (!source)
		add_source(NULL, argv[optind++]);
	set_arguments(argc - optind, argv + optind);
	set_source(source);
	parse_program();
	run_program();
	if (close_streams())
		fatal("output was lost", NULL);
	return exit_code;
}
