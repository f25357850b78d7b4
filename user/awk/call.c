/* Functions of the program: their parameters and local variables. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 2000

static struct frame {
	struct frame *caller;
	int depth, count;
	struct cell cells[];
} *frame;				/* of the running function */

struct cell *local(int number)
{
	return &frame->cells[number];
}

/* Ends the running function. An array that it made itself goes. */
static void pop_frame(void)
{
	struct frame *old = frame;

	for (int i = 0; i < old->count; i++) {
		drop(old->cells[i].value.string);
		if (!old->cells[i].given)
			free_array(old->cells[i].array);
	}
	frame = old->caller;
	free(old);
}

/* Ends all functions: next and exit may be in them. */
void leave_functions(void)
{
	while (frame)
		pop_frame();
}

/* Gives an argument: an array itself, or a value. */
static void give(struct cell *c, struct node *arg)
{
	struct cell *from;

	if (arg->op != GLOBAL && arg->op != LOCAL) {
		set(&c->value, evaluate(arg));
		return;
	}
	from = arg->op == LOCAL ? local(arg->number) : arg->cell;
	if (from->array || from->value.kind == UNSET) {
		c->given = from;
		c->array = from->array;
	} else {
		set(&c->value, get_variable(from));
	}
}

struct value call(struct node *n)
{
	struct function *f = n->function;
	struct frame *new;
	int i = 0;

	if (n->number > f->params)
		fatal("too many arguments", f->name);
	new = allocate(sizeof(*new) + f->params * sizeof(new->cells[0]));
	new->caller = frame;
	new->count = f->params;
	new->depth = frame ? frame->depth + 1 : 1;
	if (new->depth > DEPTH_MAX)
		fatal("functions too deep", f->name);
	for (struct node *arg = n->a; arg; arg = arg->next)
		give(&new->cells[i++], arg);
	frame = new;
	set(&returned, (struct value){ .kind = UNSET });
	execute(f->body);
	pop_frame();
	return get(&returned);
}
