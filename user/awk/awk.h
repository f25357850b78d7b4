/*
 * awk: the program as a tree, values, and the declarations shared by its
 * files. Reading order: main.c, lex.c, parse.c, parse_expr.c, value.c,
 * text.c, array.c, variable.c, record.c, separate.c, exec.c, eval.c, place.c,
 * call.c, builtin.c, substitute.c, regexp.c, format.c, input.c, files.c.
 */
#ifndef AWK_H
#define AWK_H
#include <regex.h>
#include <stddef.h>
#include <stdio.h>

/* A text that nobody changes; refs counts who needs it. */
struct string {
	int refs;
	size_t length;
	char s[];			/* and a NUL */
};

/*
 * UNSET is both 0 and the empty text. INPUT is a text from outside: it counts
 * as a number too if it looks like one. settle() makes it STRING or STRNUM.
 */
struct value {
	enum { UNSET, NUMBER, STRING, INPUT, STRNUM } kind;
	double number;
	struct string *string;		/* NULL: UNSET or NUMBER */
};

/*
 * A variable, or a parameter of a function: a value or an array. A parameter
 * that was given an unset variable may still become that variable's array.
 */
struct cell {
	struct value value;
	struct array *array;
	struct cell *given;
};

enum op {
	CONSTANT, REGEXP, GLOBAL, LOCAL, FIELD, ELEMENT, GROUP,
	ASSIGN, CONDITION, OR, AND, IN, MATCH, NO_MATCH,
	LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL,
	CONCATENATE, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER,
	NOT, NEGATE, PLUS, INCREMENT, CALL, BUILTIN, GETLINE,
	/* statements */
	EXPRESSION, PRINT, PRINTF, IF, WHILE, DO, FOR, FOR_IN, BLOCK, DELETE,
	BREAK, CONTINUE, NEXT, NEXTFILE, EXIT, RETURN
};

struct node {
	enum op op;
	/*
	 * ASSIGN: CONSTANT, or the operator before the =. INCREMENT: 1 or -1.
	 * BUILTIN: its number. PRINT, GETLINE: the kind of the stream b.
	 * LOCAL: its number.
	 */
	int number;
	int postfix;			/* INCREMENT: the old value counts */
	struct node *a, *b, *c, *d;	/* operands */
	struct node *next;		/* in a list */
	struct value value;		/* CONSTANT */
	struct cell *cell;		/* GLOBAL */
	struct function *function;	/* CALL */
	regex_t *regexp;		/* REGEXP */
};

struct function {
	const char *name;
	int defined, params;
	struct node *body;
	struct function *next;
};

struct rule {
	enum rule_kind { BEGIN, END, EVERY, PATTERN, RANGE } kind;
	int active;			/* RANGE: from its first to its last */
	struct node *from, *to;
	struct node *action;		/* NULL: print */
	struct rule *next;
};

/* main.c */
extern struct rule *rules;
void fatal(const char *what, const char *detail) __attribute__((noreturn));
void *allocate(size_t size);		/* zeroed */
void jump(enum op where) __attribute__((noreturn));	/* NEXT, EXIT ... */
extern int exit_code;

/* lex.c */
enum token {
	T_END, T_NUMBER = 256, T_STRING, T_NAME, T_CALL, T_BUILTIN, T_BEGIN,
	T_END_RULE, T_FUNCTION, T_IF, T_ELSE, T_WHILE, T_FOR, T_DO, T_BREAK,
	T_CONTINUE, T_NEXT, T_NEXTFILE, T_EXIT, T_RETURN, T_DELETE, T_IN,
	T_GETLINE, T_PRINT, T_PRINTF, T_AND, T_OR, T_NO_MATCH, T_LE, T_EQ,
	T_NE, T_GE, T_APPEND, T_INC, T_DEC, T_ADD_TO, T_SUB_TO, T_MUL_TO,
	T_DIV_TO, T_MOD_TO, T_POW_TO
};
extern int token, token_builtin;
extern double token_number;
extern char *token_text;
void set_source(char *text);
void next_token(void);
void read_regexp(void);		/* the token / or /= begins one */
void syntax_error(void) __attribute__((noreturn));
char *unescape(char *text);		/* in its place */

/* parse.c */
struct node *new_node(enum op op, struct node *a, struct node *b);
int accept(int kind);
void expect(int kind);
void skip_newlines(void);
struct node *name_node(const char *name);
struct function *find_function(const char *name);
void parse_program(void);

/* parse_expr.c */
extern int in_print;		/* > is a redirection, not a comparison */
struct node *parse_expression(void);
struct node *parse_expressions(int end);
struct node *parse_target(void);
int is_variable(const struct node *n);

/* text.c */
struct text {
	char *s;
	size_t length, room;
};
void append(struct text *t, const char *s, size_t n);
void append_char(struct text *t, char c);
void append_string(struct text *t, const struct string *s);
struct string *finish(struct text *t);

/* value.c */
struct string *new_string(const char *s, size_t n);
struct string *keep(struct string *s);
void hold(struct string *s);
void drop(struct string *s);
size_t kept(void);
void release(size_t mark);
struct value number_value(double number);
struct value text_value(const char *s);
struct value string_value(struct string *s);
struct value input_value(struct string *s);
void settle(struct value *v);
double to_number(struct value v);
struct string *to_string(struct value v);
struct string *to_output(struct value v);
int to_truth(struct value v);
int compare(struct value a, struct value b);
void set(struct value *to, struct value v);
struct value get(const struct value *v);

/* array.c */
struct array *new_array(void);
struct value *find_element(struct array *a, const char *key, int create);
void delete_element(struct array *a, const char *key);
void clear_array(struct array *a);
void free_array(struct array *a);
size_t count_elements(const struct array *a);
struct string **list_keys(struct array *a);	/* malloc'ed, each held */

/* variable.c */
extern struct cell *NF, *NR, *FNR, *FS, *OFS, *ORS, *RS, *SUBSEP, *CONVFMT,
	*OFMT, *RSTART, *RLENGTH, *FILENAME, *ENVIRON, *ARGC, *ARGV;
struct cell *find_global(const char *name);
struct array *array_of(struct cell *c);
struct value get_variable(struct cell *c);
void set_variable(struct cell *c, struct value v);
int assign_operand(const char *text);	/* name=value; 0: it is none */
const char *text_of(struct cell *c);
void init_variables(void);
void set_arguments(int argc, char **argv);

/* record.c */
void set_record(struct string *s);
struct value get_field(int number);
void set_field(int number, struct value v);
void set_nf(int n);
void split_record(void);

/* separate.c */
struct separator {
	const char *at;
	int blanks, begun, ended;
	int lines;			/* a newline separates, too */
	char c;				/* 0: regexp, or each character */
	regex_t *regexp;
};
void begin_pieces(struct separator *s, const char *text, const char *by);
int next_piece(struct separator *s, const char **start, size_t *length);

/* exec.c, eval.c, place.c, call.c */
enum flow { GO_ON, LEAVE_LOOP, NEXT_TURN, LEAVE_FUNCTION };
enum flow execute(struct node *n);
enum flow execute_all(struct node *list);
struct value evaluate(struct node *n);
struct value calculate(enum op op, double a, double b);
struct place {				/* a variable, field or element */
	struct cell *cell;
	struct value *element;
	int field;			/* if the others are NULL */
};
struct place find_place(struct node *n);
struct value read_place(struct place p);
void write_place(struct place p, struct value v);
struct string *subscript(struct node *list);
struct array *array_node(struct node *n);
struct value call(struct node *n);
struct cell *local(int number);
void leave_functions(void);
extern struct value returned;

/* builtin.c, substitute.c, regexp.c, format.c */
int find_builtin(const char *name);
int needs_parentheses(int builtin);
struct value call_builtin(struct node *n);
struct value substitute(struct node *n, int all);
struct value match_text(struct node *args);
regex_t *compile(const char *pattern);
regex_t *compile_new(const char *pattern);
regex_t *regexp_of(struct node *n);
int matches(regex_t *re, const char *s);
struct string *format(struct node *args);
struct string *format_number(const char *format, double number);

/* input.c */
struct input {
	FILE *f;
	char *all, *at;			/* the rest, for a regexp as RS */
};
struct string *read_record(struct input *in);	/* NULL at the end */
struct string *next_main_record(void);
void skip_file(void);

/* files.c */
enum stream_kind { NONE, TO_FILE, APPEND, TO_COMMAND, FROM_FILE, FROM_COMMAND };
FILE *output_stream(enum stream_kind kind, const char *name);
struct input *input_stream(enum stream_kind kind, const char *name);
int close_stream(const char *name);
int close_streams(void);
int flush_stream(const char *name);
int run_command(const char *command);
#endif
