/* Statements. */
#include "awk.h"
#include <stdlib.h>

struct value returned;			/* by return */

/* Writes a text to a statement's stream. */
static void put(struct node *n, struct string *s)
{
	FILE *f = stdout;

	if (n->b)
		f = output_stream(n->number, to_string(evaluate(n->b))->s);
	fwrite(s->s, 1, s->length, f);
}

/* Returns what print prints, so that it is written in one piece. */
static struct string *printed(struct node *list)
{
	struct text line = { NULL, 0, 0 };

	if (!list)
		append_string(&line, to_string(get_field(0)));
	for (; list; list = list->next) {
		struct string *s = to_output(evaluate(list));

		append_string(&line, s);
		if (list->next)
			append_string(&line, to_string(get(&OFS->value)));
	}
	append_string(&line, to_string(get(&ORS->value)));
	return finish(&line);
}

static int is_true(struct node *n)
{
	size_t mark = kept();
	int truth = !n || to_truth(evaluate(n));

	release(mark);
	return truth;
}

static enum flow run_while(struct node *n)
{
	while (is_true(n->a)) {
		enum flow flow = execute(n->b);

		if (flow == LEAVE_FUNCTION)
			return flow;
		if (flow == LEAVE_LOOP)
			break;
	}
	return GO_ON;
}

static enum flow run_do(struct node *n)
{
	do {
		enum flow flow = execute(n->b);

		if (flow == LEAVE_FUNCTION)
			return flow;
		if (flow == LEAVE_LOOP)
			break;
	} while (is_true(n->a));
	return GO_ON;
}

static enum flow run_for(struct node *n)
{
	if (n->a)
		execute(n->a);
	while (is_true(n->b)) {
		enum flow flow = execute(n->d);

		if (flow == LEAVE_FUNCTION)
			return flow;
		if (flow == LEAVE_LOOP)
			break;
		if (n->c)
			execute(n->c);
	}
	return GO_ON;
}

/* Runs over the keys that are there at the beginning. */
static enum flow run_for_in(struct node *n)
{
	struct array *a = array_node(n->b);
	struct string **keys = list_keys(a);
	enum flow flow = GO_ON;

	for (size_t i = 0; keys[i]; i++) {
		if (flow < LEAVE_LOOP && find_element(a, keys[i]->s, 0)) {
			write_place(find_place(n->a), input_value(keys[i]));
			flow = execute(n->d);
			if (flow == NEXT_TURN)
				flow = GO_ON;
		}
		drop(keys[i]);
	}
	free(keys);
	return flow == LEAVE_FUNCTION ? flow : GO_ON;
}

static void run_delete(struct node *n)
{
	if (n->b)
		delete_element(array_node(n->a), subscript(n->b)->s);
	else
		clear_array(array_node(n->a));
}

static enum flow run_return(struct node *n)
{
	struct value v = { .kind = UNSET };

	if (n->a)
		v = evaluate(n->a);
	set(&returned, v);
	return LEAVE_FUNCTION;
}

static void run_exit(struct node *n)
{
	if (n->a)
		exit_code = to_number(evaluate(n->a));
	jump(EXIT);
}

static enum flow run(struct node *n)
{
	switch (n->op) {
	case PRINT: put(n, printed(n->a)); return GO_ON;
	case PRINTF: put(n, format(n->a)); return GO_ON;
	case IF:
		if (is_true(n->a))
			return execute(n->b);
		return n->c ? execute(n->c) : GO_ON;
	case WHILE: return run_while(n);
	case DO: return run_do(n);
	case FOR: return run_for(n);
	case FOR_IN: return run_for_in(n);
	case BLOCK: return execute_all(n->a);
	case DELETE: run_delete(n); return GO_ON;
	case BREAK: return LEAVE_LOOP;
	case CONTINUE: return NEXT_TURN;
	case RETURN: return run_return(n);
	case EXIT: run_exit(n); return GO_ON;
	case NEXT:
	case NEXTFILE: jump(n->op);
	default: evaluate(n->a); return GO_ON;
	}
}

enum flow execute(struct node *n)
{
	size_t mark = kept();
	enum flow flow = run(n);

	release(mark);
	return flow;
}

enum flow execute_all(struct node *list)
{
	enum flow flow = GO_ON;

	for (; list && flow == GO_ON; list = list->next)
		flow = execute(list);
	return flow;
}
