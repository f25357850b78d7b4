/* The functions that awk has itself. */
#include "awk.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum builtin {
	ATAN2, CLOSE, COS, EXP, FFLUSH, GSUB, INDEX, INT, LENGTH, LOG, MATCHED,
	RAND, SIN, SPLIT, SPRINTF, SQRT, SRAND, SUB, SUBSTR, SYSTEM, SYSTIME,
	TOLOWER, TOUPPER
};
static const struct {
	const char *name;
	unsigned char least, most;	/* how many arguments */
} builtins[] = {
	[ATAN2] = { "atan2", 2, 2 }, [CLOSE] = { "close", 1, 1 },
	[COS] = { "cos", 1, 1 }, [EXP] = { "exp", 1, 1 },
	[FFLUSH] = { "fflush", 0, 1 }, [GSUB] = { "gsub", 2, 3 },
	[INDEX] = { "index", 2, 2 }, [INT] = { "int", 1, 1 },
	[LENGTH] = { "length", 0, 1 }, [LOG] = { "log", 1, 1 },
	[MATCHED] = { "match", 2, 2 }, [RAND] = { "rand", 0, 0 },
	[SIN] = { "sin", 1, 1 }, [SPLIT] = { "split", 2, 3 },
	[SPRINTF] = { "sprintf", 1, 255 }, [SQRT] = { "sqrt", 1, 1 },
	[SRAND] = { "srand", 0, 1 }, [SUB] = { "sub", 2, 3 },
	[SUBSTR] = { "substr", 2, 3 }, [SYSTEM] = { "system", 1, 1 },
	[SYSTIME] = { "systime", 0, 0 }, [TOLOWER] = { "tolower", 1, 1 },
	[TOUPPER] = { "toupper", 1, 1 },
};

/* Returns the number of the function with this name, or -1. */
int find_builtin(const char *name)
{
	for (int i = ATAN2; i <= TOUPPER; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return i;
	return -1;
}

/* Only length needs no parentheses. */
int needs_parentheses(int builtin)
{
	return builtin != LENGTH;
}

static double seed;
static unsigned long long state;	/* of the random numbers */

static void set_seed(double value)
{
	seed = value;
	state = (unsigned long long)(long long)value * 2654435761u + 1;
}

/* Returns a random number from 0 up to 1: Knuth's MMIX generator. */
static double random_number(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (double)(state >> 32) / 4294967296.0;
}

static double srand_and_old(struct node *args)
{
	double old = seed;

	set_seed(args ? to_number(evaluate(args)) : time(NULL));
	return old;
}

static double length_of(struct node *arg)
{
	struct cell *c;

	if (!arg)
		return to_string(get_field(0))->length;
	if (arg->op != GLOBAL && arg->op != LOCAL)
		return to_string(evaluate(arg))->length;
	c = arg->op == LOCAL ? local(arg->number) : arg->cell;
	if (c->array || (c->given && c->given->array))
		return count_elements(array_of(c));
	return to_string(get_variable(c))->length;
}

static double index_of(struct node *args)
{
	const char *s = to_string(evaluate(args))->s;
	const char *found = strstr(s, to_string(evaluate(args->next))->s);

	return found ? found - s + 1 : 0;
}

static double integer(double x)
{
	return x < 0 ? -floor(-x) : floor(x);
}

/* Returns the characters from a place on; the first is number 1. */
static struct value substr(struct node *args)
{
	struct string *s = to_string(evaluate(args));
	double from = integer(to_number(evaluate(args->next))), rest;
	double length = s->length;

	if (args->next->next)
		length = integer(to_number(evaluate(args->next->next)));
	if (!(from > 1))
		from = 1;
	rest = s->length + 1 - from;
	if (!(length <= rest))
		length = rest;
	if (!(length > 0))
		return string_value(new_string("", 0));
	return string_value(new_string(s->s + (size_t)from - 1, length));
}

static struct value change_case(struct node *arg, int upper)
{
	struct string *s = to_string(evaluate(arg));
	struct string *new = new_string(s->s, s->length);

	for (char *c = new->s; *c; c++)
		*c = upper ? toupper((unsigned char)*c)
			   : tolower((unsigned char)*c);
	return string_value(new);
}

/* Returns the separator of split(): a text, or the one of /re/. */
static void begin_split(struct separator *by, const char *s, struct node *arg)
{
	if (arg && arg->op == REGEXP) {
		begin_pieces(by, s, "");
		by->regexp = arg->regexp;
	} else {
		begin_pieces(by, s,
			     arg ? to_string(evaluate(arg))->s : text_of(FS));
	}
}

static double split(struct node *args)
{
	struct string *s = to_string(evaluate(args));
	struct array *a = array_node(args->next);
	struct separator by;
	const char *start;
	size_t length;
	int n = 0;

	begin_split(&by, s->s, args->next->next);
	clear_array(a);
	while (next_piece(&by, &start, &length)) {
		char key[16];

		snprintf(key, sizeof(key), "%d", ++n);
		set(find_element(a, key, 1),
		    input_value(new_string(start, length)));
	}
	return n;
}

static double flush(struct node *arg)
{
	return arg ? flush_stream(to_string(evaluate(arg))->s) : fflush(NULL);
}

/* Calls one of the functions of numbers. */
static double calculate_function(enum builtin which, struct node *args)
{
	double x = to_number(evaluate(args));

	switch (which) {
	case ATAN2: return atan2(x, to_number(evaluate(args->next)));
	case COS: return cos(x);
	case EXP: return exp(x);
	case INT: return integer(x);
	case LOG: return log(x);
	case SIN: return sin(x);
	default: return sqrt(x);
	}
}

static void check_arguments(struct node *n)
{
	int count = 0;

	for (struct node *arg = n->a; arg; arg = arg->next)
		count++;
	if (count < builtins[n->number].least ||
	    count > builtins[n->number].most)
		fatal("wrong number of arguments", builtins[n->number].name);
}

static double call_for_number(struct node *n)
{
	struct node *args = n->a;

	switch (n->number) {
	case CLOSE: return close_stream(to_string(evaluate(args))->s);
	case FFLUSH: return flush(args);
	case INDEX: return index_of(args);
	case LENGTH: return length_of(args);
	case RAND: return random_number();
	case SPLIT: return split(args);
	case SRAND: return srand_and_old(args);
	case SYSTEM: return run_command(to_string(evaluate(args))->s);
	case SYSTIME: return time(NULL);
	default: return calculate_function(n->number, args);
	}
}

struct value call_builtin(struct node *n)
{
	check_arguments(n);
	switch (n->number) {
	case SUB: return substitute(n->a, 0);
	case GSUB: return substitute(n->a, 1);
	case MATCHED: return match_text(n->a);
	case SPRINTF: return string_value(format(n->a));
	case SUBSTR: return substr(n->a);
	case TOLOWER: return change_case(n->a, 0);
	case TOUPPER: return change_case(n->a, 1);
	default: return number_value(call_for_number(n));
	}
}
