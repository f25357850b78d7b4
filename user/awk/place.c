/* Where values are stored: variables, fields and elements of arrays. */
#include "awk.h"
#include <string.h>

/* Returns the array that a name stands for. */
struct array *array_node(struct node *n)
{
	if (n->op != GLOBAL && n->op != LOCAL)
		fatal("an array is expected", NULL);
	return array_of(n->op == LOCAL ? local(n->number) : n->cell);
}

/* Returns a key: the values with SUBSEP between them. */
struct string *subscript(struct node *list)
{
	struct text key = { NULL, 0, 0 };

	if (list->op == GROUP && !list->next)
		list = list->a;
	if (!list->next)
		return to_string(evaluate(list));
	for (; list; list = list->next) {
		struct string *s = to_string(evaluate(list));

		append_string(&key, s);
		if (list->next)
			append_string(&key, to_string(get(&SUBSEP->value)));
	}
	return finish(&key);
}

/* Evaluates what says where: the number of a field, the key of an element. */
struct place find_place(struct node *n)
{
	struct place p = { NULL, NULL, 0 };
	struct string *key;

	switch (n->op) {
	case GLOBAL: p.cell = n->cell; break;
	case LOCAL: p.cell = local(n->number); break;
	case FIELD: p.field = to_number(evaluate(n->a)); break;
	default:
		key = subscript(n->b);
		p.element = find_element(array_node(n->a), key->s, 1);
	}
	return p;
}

struct value read_place(struct place p)
{
	if (p.cell)
		return get_variable(p.cell);
	return p.element ? get(p.element) : get_field(p.field);
}

void write_place(struct place p, struct value v)
{
	if (p.cell)
		set_variable(p.cell, v);
	else if (p.element)
		set(p.element, v);
	else
		set_field(p.field, v);
}
