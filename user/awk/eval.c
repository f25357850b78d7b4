/* Expressions. */
#include "awk.h"
#include <math.h>
#include <string.h>

static double power(double a, double b)
{
	double result = 1;
	int n = b;

	if (n != b || n > 1024 || n < -1024)
		return pow(a, b);
	for (int i = n < 0 ? -n : n; i; i >>= 1, a *= a)
		if (i & 1)
			result *= a;
	return n < 0 ? 1 / result : result;
}

struct value calculate(enum op op, double a, double b)
{
	switch (op) {
	case ADD: return number_value(a + b);
	case SUBTRACT: return number_value(a - b);
	case MULTIPLY: return number_value(a * b);
	case POWER: return number_value(power(a, b));
	default:
		if (b == 0)
			fatal("division by zero", NULL);
		return number_value(op == DIVIDE ? a / b : fmod(a, b));
	}
}

static struct value assign(struct node *n)
{
	struct value v = evaluate(n->b);
	struct place place = find_place(n->a);

	if (n->number != CONSTANT)
		v = calculate(n->number, to_number(read_place(place)),
			      to_number(v));
	write_place(place, v);
	return v;
}

static struct value increment(struct node *n)
{
	struct place place = find_place(n->a);
	double old = to_number(read_place(place));

	write_place(place, number_value(old + n->number));
	return number_value(n->postfix ? old : old + n->number);
}

static struct value concatenate(struct node *n)
{
	struct string *a = to_string(evaluate(n->a));
	struct string *b = to_string(evaluate(n->b)), *both;

	both = new_string(NULL, a->length + b->length);
	memcpy(both->s, a->s, a->length);
	memcpy(both->s + a->length, b->s, b->length);
	return string_value(both);
}

static int is_order(struct node *n)
{
	struct value a = evaluate(n->a);
	int order = compare(a, evaluate(n->b));

	switch (n->op) {
	case LESS: return order == -1;
	case LESS_EQUAL: return order <= 0;
	case EQUAL: return order == 0;
	case NOT_EQUAL: return order != 0;
	case GREATER: return order == 1;
	default: return order == 0 || order == 1;
	}
}

static int is_match(struct node *n)
{
	struct string *s = to_string(evaluate(n->a));

	return matches(regexp_of(n->b), s->s);
}

/* Reads a record into $0 or a variable. Returns 1, 0 at the end, or -1. */
static struct value do_getline(struct node *n)
{
	struct input *in = NULL;
	struct string *s;

	if (n->number == NONE) {
		s = next_main_record();
	} else {
		in = input_stream(n->number, to_string(evaluate(n->b))->s);
		if (!in)
			return number_value(-1);
		s = read_record(in);
	}
	if (!s)
		return number_value(in && ferror(in->f) ? -1 : 0);
	if (n->a)
		write_place(find_place(n->a), input_value(s));
	else
		set_record(s);
	return number_value(1);
}

/* Evaluates what has a truth as its value. */
static int test(struct node *n)
{
	switch (n->op) {
	case REGEXP: return matches(n->regexp, to_string(get_field(0))->s);
	case OR: return to_truth(evaluate(n->a)) || to_truth(evaluate(n->b));
	case AND: return to_truth(evaluate(n->a)) && to_truth(evaluate(n->b));
	case NOT: return !to_truth(evaluate(n->a));
	case MATCH: return is_match(n);
	case NO_MATCH: return !is_match(n);
	case IN:
		return find_element(array_node(n->b), subscript(n->a)->s, 0) !=
		       NULL;
	default: return is_order(n);
	}
}

struct value evaluate(struct node *n)
{
	double a;

	switch (n->op) {
	case CONSTANT: return get(&n->value);
	case GLOBAL: return get_variable(n->cell);
	case LOCAL: return get_variable(local(n->number));
	case FIELD:
	case ELEMENT: return read_place(find_place(n));
	case GROUP: return evaluate(n->a);
	case ASSIGN: return assign(n);
	case CONDITION:
		return evaluate(to_truth(evaluate(n->a)) ? n->b : n->c);
	case CONCATENATE: return concatenate(n);
	case ADD:
	case SUBTRACT:
	case MULTIPLY:
	case DIVIDE:
	case MODULO:
	case POWER:
		a = to_number(evaluate(n->a));
		return calculate(n->op, a, to_number(evaluate(n->b)));
	case NEGATE: return number_value(-to_number(evaluate(n->a)));
	case PLUS: return number_value(to_number(evaluate(n->a)));
	case INCREMENT: return increment(n);
	case CALL: return call(n);
	case BUILTIN: return call_builtin(n);
	case GETLINE: return do_getline(n);
	default: return number_value(test(n));
	}
}
