/* The shell: what its files share. Reading order: main.c, lex.c, parse.c, expand.c, exec.c, redirect.c, builtins.c, vars.c, arena.c. */
#ifndef SH_H
#define SH_H

#include <stddef.h>
#include <sys/types.h>

/* arena.c: memory for one command line, given back all at once. */
void *arena_alloc(size_t size);
char *arena_strndup(const char *s, size_t n);
void *arena_mark(void);
void arena_release(void *mark);

/* A growing text in the arena. */
struct text {
	char *s;
	size_t length, room;
};
void text_put(struct text *t, char c);
void text_puts(struct text *t, const char *s);

/* lex.c: words keep their quotes; expand.c removes them. */
enum token { T_END, T_NEWLINE, T_WORD, T_NUMBER, T_PIPE, T_AND_IF, T_OR_IF, T_SEMI, T_DSEMI, T_AMP, T_LPAREN, T_RPAREN, T_LESS,
	     T_GREAT, T_DGREAT, T_LESSAMP, T_GREATAMP, T_DLESS, T_LESSGREAT, T_CLOBBER };

struct lexer {
	const char *at;			/* what is left of the input */
	char *(*more)(void *context);	/* another line, for unfinished commands; NULL: there is none */
	void *context;
	enum token token;		/* the token looked at */
	char *word;			/* its text, for T_WORD and T_NUMBER */
	int line;
};

void lex_init(struct lexer *l, const char *input, char *(*more)(void *), void *context);
void next_token(struct lexer *l);

/* parse.c */
enum redirect_kind { R_IN, R_OUT, R_APPEND, R_DUP, R_HERE, R_RDWR };

struct redirect {
	struct redirect *next;
	enum redirect_kind kind;
	int fd;
	char *target;			/* unexpanded; the text itself of a here-document */
	int quoted;			/* a here-document whose delimiter was quoted: not expanded */
};

struct word {
	struct word *next;
	char *text;
};

struct case_item {
	struct case_item *next;
	struct word *patterns;
	struct node *body;
};

enum node_kind { N_SIMPLE, N_PIPE, N_AND, N_OR, N_SEQUENCE, N_BACKGROUND, N_NOT, N_SUBSHELL, N_GROUP, N_IF, N_WHILE, N_UNTIL, N_FOR,
		 N_CASE, N_FUNCTION };

struct node {
	enum node_kind kind;
	struct node *left, *right, *other;	/* condition, body, else */
	struct word *words;			/* a command's, for's list, case's subject */
	struct word *assignments;
	struct redirect *redirects;
	struct case_item *cases;
	char *name;				/* for's variable, the function's name */
	int in_list;				/* for ... in was written */
};

struct node *parse_line(struct lexer *l, int *error);	/* NULL without error: nothing there (or the end: l->token) */

/* expand.c */
char **expand_words(const struct word *words, int *count);	/* fields, NULL-terminated */
char *expand_string(const char *word);			/* one field, no splitting, no globbing */
char *expand_pattern(const char *word);			/* quoted characters are escaped with a backslash */
char *expand_here(const char *text);
char *command_output(const char *command);
long arithmetic(const char *expression);

/* exec.c */
extern int last_status, shell_pid, last_background, interactive, in_subshell;
enum jump { J_NONE, J_BREAK, J_CONTINUE, J_RETURN };
extern enum jump jumping;		/* break, continue or return is on its way up */
extern int jump_levels;
int run_node(struct node *node);
int run_string(const char *text);	/* eval, -c */
int run_file(const char *path);		/* 127: cannot be read */
void report_jobs(void);

pid_t start_child(void);		/* fork; in the child ^C and ^\\ work again */

/* redirect.c */
struct saved;
int redirect(const struct redirect *r, struct saved **saved);	/* with saved, remembers what it replaces; -1: it was said why */
void restore(struct saved *s);

/* builtins.c: a function that returns a status, or NULL */
typedef int (*builtin_t)(int argc, char **argv);
builtin_t find_builtin(const char *name);

/* vars.c */
extern char **positional;		/* $0, $1, ... NULL-terminated */
extern int option_errexit, option_xtrace;
const char *get_var(const char *name);	/* NULL: unset */
void set_var(const char *name, const char *value);
void assign(const char *assignment);	/* name=value, already expanded */
void export_var(const char *name);
void unset_var(const char *name);
void show_vars(int exported_only);
void import_environment(void);
int is_assignment(const char *word);
struct node *get_function(const char *name);
void set_function(const char *name, struct node *body);

#endif
