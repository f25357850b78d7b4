/* The grammar: rules, functions and statements. Makes the tree. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

#define PARAMS_MAX 50

static struct function *functions;
static char *params[PARAMS_MAX];	/* of the function being read */
static int nr_params, in_function;
static struct rule **last_rule = &rules;

static struct node *parse_statement(void);

struct node *new_node(enum op op, struct node *a, struct node *b)
{
	struct node *n = allocate(sizeof(*n));

	n->op = op;
	n->a = a;
	n->b = b;
	return n;
}

/* Reads over a token of this kind. Returns 0 if the token is another. */
int accept(int kind)
{
	if (token != kind)
		return 0;
	next_token();
	return 1;
}

void expect(int kind)
{
	if (!accept(kind))
		syntax_error();
}

void skip_newlines(void)
{
	while (accept('\n'))
		;
}

struct node *name_node(const char *name)
{
	struct node *n = new_node(LOCAL, NULL, NULL);

	for (n->number = 0; n->number < nr_params; n->number++)
		if (strcmp(params[n->number], name) == 0)
			return n;
	n->op = GLOBAL;
	n->cell = find_global(name);
	return n;
}

struct function *find_function(const char *name)
{
	struct function *f;

	for (f = functions; f; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f;
	f = allocate(sizeof(*f));
	f->name = name;
	f->next = functions;
	return functions = f;
}

/* Reads what ends a simple statement. A } does, and stays. */
static void end_statement(void)
{
	if (token != '}' && token != T_END && !accept(';') && !accept('\n'))
		syntax_error();
	skip_newlines();
}

/* Parses { statements }. */
static struct node *parse_block(void)
{
	struct node *block = new_node(BLOCK, NULL, NULL);
	struct node **last = &block->a;

	expect('{');
	for (;;) {
		while (accept(';') || accept('\n'))
			;
		if (accept('}'))
			return block;
		*last = parse_statement();
		last = &(*last)->next;
	}
}

/* Parses print and printf, with what is behind > >> or |. */
static struct node *parse_print(enum op op)
{
	struct node *n = new_node(op, NULL, NULL);

	next_token();
	in_print = 1;
	n->a = parse_expressions(0);
	in_print = 0;
	if (n->a && n->a->op == GROUP && !n->a->next)
		n->a = n->a->a;
	if (op == PRINTF && !n->a)
		syntax_error();
	if (accept('>'))
		n->number = TO_FILE;
	else if (accept(T_APPEND))
		n->number = APPEND;
	else if (accept('|'))
		n->number = TO_COMMAND;
	if (n->number)
		n->b = parse_target();
	return n;
}

static struct node *parse_delete(void)
{
	struct node *n = new_node(DELETE, NULL, NULL);

	expect(T_DELETE);
	if (token != T_NAME)
		syntax_error();
	n->a = name_node(token_text);
	next_token();
	if (accept('['))
		n->b = parse_expressions(']');
	return n;
}

static struct node *parse_simple(void)
{
	if (token == T_PRINT)
		return parse_print(PRINT);
	if (token == T_PRINTF)
		return parse_print(PRINTF);
	if (token == T_DELETE)
		return parse_delete();
	return new_node(EXPRESSION, parse_expression(), NULL);
}

/* Parses the statement that follows if, else, while, for or do. */
static struct node *parse_body(void)
{
	skip_newlines();
	if (accept(';')) {
		skip_newlines();
		return new_node(BLOCK, NULL, NULL);
	}
	return parse_statement();
}

static struct node *parse_if(void)
{
	struct node *n = new_node(IF, NULL, NULL);

	expect('(');
	n->a = parse_expression();
	expect(')');
	n->b = parse_body();
	while (token == ';' || token == '\n')
		next_token();
	if (accept(T_ELSE))
		n->c = parse_body();
	return n;
}

/* Parses for (i in a) and for (a; b; c). */
static struct node *parse_for(void)
{
	struct node *n = new_node(FOR, NULL, NULL);

	expect('(');
	if (token != ';')
		n->a = parse_simple();
	if (n->a && n->a->op == EXPRESSION && n->a->a->op == IN &&
	    token == ')') {
		struct node *in = n->a->a;

		n->op = FOR_IN;
		n->a = in->a;
		n->b = in->b;
	} else {
		expect(';');
		skip_newlines();
		if (token != ';')
			n->b = parse_expression();
		expect(';');
		skip_newlines();
		if (token != ')')
			n->c = parse_simple();
	}
	expect(')');
	n->d = parse_body();
	return n;
}

static struct node *parse_do(void)
{
	struct node *n = new_node(DO, NULL, parse_body());

	while (token == ';' || token == '\n')
		next_token();
	expect(T_WHILE);
	expect('(');
	n->a = parse_expression();
	expect(')');
	end_statement();
	return n;
}

static struct node *parse_while(void)
{
	struct node *n = new_node(WHILE, NULL, NULL);

	expect('(');
	n->a = parse_expression();
	expect(')');
	n->b = parse_body();
	return n;
}

/* Parses break, next, exit and the like, some of them with a value. */
static struct node *parse_jump(enum op op)
{
	struct node *n = new_node(op, NULL, NULL);

	next_token();
	if (op == RETURN && !in_function)
		syntax_error();
	if ((op == EXIT || op == RETURN) && token != ';' && token != '\n' &&
	    token != '}')
		n->a = parse_expression();
	end_statement();
	return n;
}

static struct node *parse_statement(void)
{
	struct node *n;

	switch (token) {
	case '{':
		n = parse_block();
		skip_newlines();
		return n;
	case T_IF: next_token(); return parse_if();
	case T_WHILE: next_token(); return parse_while();
	case T_FOR: next_token(); return parse_for();
	case T_DO: next_token(); return parse_do();
	case T_BREAK: return parse_jump(BREAK);
	case T_CONTINUE: return parse_jump(CONTINUE);
	case T_NEXT: return parse_jump(NEXT);
	case T_NEXTFILE: return parse_jump(NEXTFILE);
	case T_EXIT: return parse_jump(EXIT);
	case T_RETURN: return parse_jump(RETURN);
	default:
		n = parse_simple();
		end_statement();
		return n;
	}
}

static void parse_function(void)
{
	struct function *f;

	if (token != T_CALL && token != T_NAME)
		syntax_error();
	f = find_function(token_text);
	if (f->defined)
		fatal("function defined twice", f->name);
	f->defined = in_function = 1;
	next_token();
	expect('(');
	while (token == T_NAME && nr_params < PARAMS_MAX) {
		params[nr_params++] = token_text;
		next_token();
		if (token != ')')
			expect(',');
		skip_newlines();
	}
	expect(')');
	skip_newlines();
	f->params = nr_params;
	f->body = parse_block();
	in_function = nr_params = 0;
}

static void parse_rule(void)
{
	struct rule *r = allocate(sizeof(*r));

	r->kind = EVERY;
	if (accept(T_BEGIN)) {
		r->kind = BEGIN;
	} else if (accept(T_END_RULE)) {
		r->kind = END;
	} else if (token != '{') {
		r->kind = PATTERN;
		r->from = parse_expression();
		if (accept(',')) {
			skip_newlines();
			r->kind = RANGE;
			r->to = parse_expression();
		}
	}
	if (token == '{')
		r->action = parse_block();
	else if (r->kind == BEGIN || r->kind == END)
		syntax_error();
	*last_rule = r;
	last_rule = &r->next;
}

void parse_program(void)
{
	for (;;) {
		while (accept(';') || accept('\n'))
			;
		if (token == T_END)
			break;
		if (accept(T_FUNCTION))
			parse_function();
		else
			parse_rule();
	}
	for (struct function *f = functions; f; f = f->next)
		if (!f->defined)
			fatal("function never defined", f->name);
}
