/*
 * The grammar of expressions. One function for each level of precedence, from
 * ?: down to variables; each calls the next one for its operands.
 */
#include "awk.h"
#include <string.h>

int in_print;

static struct node *parse_primary(void);
static struct node *parse_unary(void);

int is_variable(const struct node *n)
{
	return n->op == GLOBAL || n->op == LOCAL || n->op == FIELD ||
	       n->op == ELEMENT;
}

static struct node *constant(struct value v)
{
	struct node *n = new_node(CONSTANT, NULL, NULL);

	set(&n->value, v);
	return n;
}

/* Returns 1 if the list behind print ends here. */
static int ends_print(void)
{
	return token == T_END || token == T_APPEND ||
	       (token < T_NUMBER && strchr(";\n}>|", token));
}

/*
 * Parses expressions between commas, up to a token that is read over. With 0
 * they are those of print.
 */
struct node *parse_expressions(int end)
{
	struct node *first = NULL, **last = &first;

	if (end ? accept(end) : ends_print())
		return NULL;
	do {
		skip_newlines();
		*last = parse_expression();
		last = &(*last)->next;
		if (end)
			skip_newlines();
	} while (accept(','));
	if (end)
		expect(end);
	return first;
}

/* Parses ( ... ): an expression, or several before `in` or after print. */
static struct node *parse_parentheses(void)
{
	int print = in_print;
	struct node *n;

	in_print = 0;
	expect('(');
	n = parse_expressions(')');
	in_print = print;
	if (!n || (n->next && token != T_IN && !in_print))
		syntax_error();
	return new_node(GROUP, n, NULL);
}

/* Parses $expression, with the tightest operand. */
static struct node *parse_field(void)
{
	struct node *n;

	expect('$');
	if (token == T_INC || token == T_DEC || token == '-' || token == '+' ||
	    token == '!')
		n = parse_unary();
	else
		n = parse_primary();
	return new_node(FIELD, n, NULL);
}

static struct node *parse_name(void)
{
	struct node *n = name_node(token_text);

	next_token();
	if (!accept('['))
		return n;
	return new_node(ELEMENT, n, parse_expressions(']'));
}

static struct node *parse_call(void)
{
	struct node *n = new_node(CALL, NULL, NULL);
	int print = in_print, count = 0;

	n->function = find_function(token_text);
	next_token();
	expect('(');
	in_print = 0;
	n->a = parse_expressions(')');
	in_print = print;
	for (struct node *arg = n->a; arg; arg = arg->next)
		count++;
	n->number = count;
	return n;
}

static struct node *parse_builtin(void)
{
	struct node *n = new_node(BUILTIN, NULL, NULL);
	int print = in_print;

	n->number = token_builtin;
	next_token();
	in_print = 0;
	if (accept('('))
		n->a = parse_expressions(')');
	else if (needs_parentheses(n->number))
		syntax_error();
	in_print = print;
	return n;
}

/* Parses the variable that getline may name. */
static struct node *parse_getline(enum stream_kind kind, struct node *source)
{
	struct node *n = new_node(GETLINE, NULL, source);

	expect(T_GETLINE);
	n->number = kind;
	if (token == '$')
		n->a = parse_field();
	else if (token == T_NAME)
		n->a = parse_name();
	if (kind == NONE && accept('<')) {
		n->number = FROM_FILE;
		n->b = parse_primary();
	}
	return n;
}

static struct node *parse_regexp(void)
{
	struct node *n = new_node(REGEXP, NULL, NULL);

	read_regexp();
	n->regexp = compile_new(token_text);
	next_token();
	return n;
}

static struct node *parse_primary(void)
{
	struct node *n;

	switch (token) {
	case T_NUMBER:
		n = constant(number_value(token_number));
		next_token();
		return n;
	case T_STRING:
		n = constant(text_value(unescape(token_text)));
		next_token();
		return n;
	case '/':
	case T_DIV_TO: return parse_regexp();
	case '(': return parse_parentheses();
	case '$': return parse_field();
	case T_NAME: return parse_name();
	case T_CALL: return parse_call();
	case T_BUILTIN: return parse_builtin();
	case T_GETLINE: return parse_getline(NONE, NULL);
	default: syntax_error();
	}
}

/* Returns the operator of an assignment, CONSTANT for =, or -1. */
static int assignment(void)
{
	switch (token) {
	case '=': return CONSTANT;
	case T_ADD_TO: return ADD;
	case T_SUB_TO: return SUBTRACT;
	case T_MUL_TO: return MULTIPLY;
	case T_DIV_TO: return DIVIDE;
	case T_MOD_TO: return MODULO;
	case T_POW_TO: return POWER;
	default: return -1;
	}
}

static struct node *increment(struct node *n, int by, int postfix)
{
	if (!is_variable(n))
		syntax_error();
	n = new_node(INCREMENT, n, NULL);
	n->number = by;
	n->postfix = postfix;
	return n;
}

/*
 * Parses ++ and --, and assignments: a && b = 1 assigns to b, since nothing
 * but a variable can stand before the =.
 */
static struct node *parse_postfix(void)
{
	struct node *n;
	int op;

	if (accept(T_INC))
		return increment(parse_primary(), 1, 0);
	if (accept(T_DEC))
		return increment(parse_primary(), -1, 0);
	n = parse_primary();
	if (!is_variable(n))
		return n;
	if (accept(T_INC))
		return increment(n, 1, 1);
	if (accept(T_DEC))
		return increment(n, -1, 1);
	op = assignment();
	if (op < 0)
		return n;
	next_token();
	skip_newlines();
	n = new_node(ASSIGN, n, parse_expression());
	n->number = op;
	return n;
}

/* 2 ^ 3 ^ 2 is 2 ^ 9, and -2 ^ 2 is -4. */
static struct node *parse_power(void)
{
	struct node *n = parse_postfix();

	if (!accept('^'))
		return n;
	return new_node(POWER, n, token == '-' || token == '+' || token == '!'
					  ? parse_unary()
					  : parse_power());
}

static struct node *parse_unary(void)
{
	if (accept('!'))
		return new_node(NOT, parse_unary(), NULL);
	if (accept('-'))
		return new_node(NEGATE, parse_unary(), NULL);
	if (accept('+'))
		return new_node(PLUS, parse_unary(), NULL);
	return parse_power();
}

static struct node *parse_product(void)
{
	struct node *n = parse_unary();

	for (;;) {
		if (accept('*'))
			n = new_node(MULTIPLY, n, parse_unary());
		else if (accept('/'))
			n = new_node(DIVIDE, n, parse_unary());
		else if (accept('%'))
			n = new_node(MODULO, n, parse_unary());
		else
			return n;
	}
}

static struct node *parse_sum(void)
{
	struct node *n = parse_product();

	for (;;) {
		if (accept('+'))
			n = new_node(ADD, n, parse_product());
		else if (accept('-'))
			n = new_node(SUBTRACT, n, parse_product());
		else
			return n;
	}
}

/* Returns 1 if the token may begin the second half of a concatenation. */
static int begins_operand(void)
{
	switch (token) {
	case T_NUMBER:
	case T_STRING:
	case T_NAME:
	case T_CALL:
	case T_BUILTIN:
	case T_INC:
	case T_DEC:
	case '(':
	case '$':
	case '!':
		return 1;
	}
	return 0;
}

static struct node *parse_concatenation(void)
{
	struct node *n = parse_sum();

	while (begins_operand())
		n = new_node(CONCATENATE, n, parse_sum());
	return n;
}

/* Parses the file or command behind > >> or |. */
struct node *parse_target(void)
{
	return parse_concatenation();
}

static struct node *parse_comparison(void)
{
	static const struct {
		int token;
		enum op op;
	} comparisons[] = {
		{ '<', LESS }, { T_LE, LESS_EQUAL }, { T_EQ, EQUAL },
		{ T_NE, NOT_EQUAL }, { '>', GREATER }, { T_GE, GREATER_EQUAL },
	};
	struct node *n = parse_concatenation();

	while (token == '|' && !in_print) {
		next_token();
		n = parse_getline(FROM_COMMAND, n);
	}
	for (int i = 0; i < 6; i++)
		if (token == comparisons[i].token &&
		    (token != '>' || !in_print)) {
			next_token();
			return new_node(comparisons[i].op, n,
					parse_concatenation());
		}
	return n;
}

static struct node *parse_match(void)
{
	struct node *n = parse_comparison();

	for (;;) {
		if (accept('~'))
			n = new_node(MATCH, n, parse_comparison());
		else if (accept(T_NO_MATCH))
			n = new_node(NO_MATCH, n, parse_comparison());
		else
			return n;
	}
}

static struct node *parse_in(void)
{
	struct node *n = parse_match();

	while (accept(T_IN)) {
		if (token != T_NAME)
			syntax_error();
		n = new_node(IN, n, name_node(token_text));
		next_token();
	}
	return n;
}

static struct node *parse_and(void)
{
	struct node *n = parse_in();

	while (accept(T_AND)) {
		skip_newlines();
		n = new_node(AND, n, parse_in());
	}
	return n;
}

static struct node *parse_or(void)
{
	struct node *n = parse_and();

	while (accept(T_OR)) {
		skip_newlines();
		n = new_node(OR, n, parse_and());
	}
	return n;
}

struct node *parse_expression(void)
{
	struct node *n = parse_or(), *condition;

	if (!accept('?'))
		return n;
	skip_newlines();
	condition = new_node(CONDITION, n, parse_expression());
	skip_newlines();
	expect(':');
	skip_newlines();
	condition->c = parse_expression();
	return condition;
}
