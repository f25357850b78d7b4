/*
 * The shell: declarations shared by its files.
 * Reading order: main.c, options.c; lex.c, parse.c, function.c; expand.c,
 * param.c, glob.c, arith.c; exec.c, command.c, redirect.c, jobs.c, trap.c;
 * vars.c; builtins.c and the builtins' files; edit.c, history.c, complete.c;
 * arena.c.
 */
#ifndef SH_H
#define SH_H

#include <stddef.h>
#include <sys/types.h>

/* arena.c: memory for one command, freed all at once */
void *keep_alloc(size_t size);
char *keep_string(const char *s);
void *arena_alloc(size_t size);
char *arena_strndup(const char *s, size_t n);
char *arena_strdup(const char *s);
void *arena_mark(void);
void arena_release(void *mark);

/* A growing text in the arena. */
struct text {
	char *s;
	size_t length, room;
};
void text_put(struct text *t, char c);
void text_puts(struct text *t, const char *s);
void text_putn(struct text *t, const char *s, size_t n);
char *text_end(struct text *t); /* NUL-terminated; "" if empty */

/* lex.c: words keep their quotes; expand.c removes them. */
enum token {
	T_END,
	T_NEWLINE,
	T_WORD,
	T_NUMBER,
	T_PIPE,
	T_AND_IF,
	T_OR_IF,
	T_SEMI,
	T_DSEMI,
	T_AMP,
	T_LPAREN,
	T_RPAREN,
	T_LESS,
	T_GREAT,
	T_DGREAT,
	T_LESSAMP,
	T_GREATAMP,
	T_DLESS,
	T_DLESSDASH,
	T_LESSGREAT,
	T_CLOBBER
};

struct lexer {
	struct text input;		/* what was read so far */
	size_t at;			/* where the rest of it begins */
	/* gets another line, for unfinished commands; NULL: there is none */
	char *(*more)(void *context);
	void *context;
	enum token token;		/* the current token */
	size_t token_start;
	char *word;			/* its text, for T_WORD and T_NUMBER */
	int line, failed;
	/* where a $(( of this line begins a command, as far as is known */
	struct place *commands;
	/*
	 * an alias's text is being read while more than this is left; 0: none
	 */
	size_t alias_tail;
	/* the word here may be an alias too: the last alias ended in a blank */
	size_t alias_next;
	/* here-documents whose text begins after the next newline */
	struct redirect *pending;
};

void lex_init(struct lexer *l, const char *input, char *(*more)(void *),
	      void *context);
int lex_more(struct lexer *l); /* gets another line; 0: there is none */
void next_token(struct lexer *l);
void read_pending_here(struct lexer *l);
/* of what stands behind ${, with the } */
size_t braces_length(const char *s, int quoted);
/* of what stands behind $((, up to the )); -1: it is a command */
ssize_t arithmetic_length(const char *s);

int is_reserved(const char *s);

/* parse.c */
enum redirect_kind { R_IN, R_OUT, R_CLOBBER, R_APPEND, R_DUP, R_HERE, R_RDWR };

struct redirect {
	struct redirect *next, *next_pending;
	enum redirect_kind kind;
	int fd;
	char *target;	/* unexpanded; of a here-document the text itself */
	int quoted; /* a here-document with a quoted delimiter: not expanded */
	int strip;	/* <<-: remove tabs at the start of lines */
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

enum node_kind {
	N_SIMPLE,
	N_PIPE,
	N_AND,
	N_OR,
	N_SEQUENCE,
	N_BACKGROUND,
	N_NOT,
	N_SUBSHELL,
	N_GROUP,
	N_IF,
	N_WHILE,
	N_UNTIL,
	N_FOR,
	N_CASE,
	N_FUNCTION
};

struct node {
	enum node_kind kind;
	struct node *left, *right, *other;	/* condition, body, else */
	struct word *words;	/* a command's, for's list, case's subject */
	struct word *assignments;
	struct redirect *redirects;
	struct case_item *cases;
	char *name;		/* for's variable, the function's name */
	char *text; /* as written, for the list of jobs; may be NULL */
	int in_list;				/* for ... in was written */
};

/* NULL without error: an empty line (or the end: l->token) */
struct node *parse_line(struct lexer *l, int *error);
/* parses and skips what stands between $( and ) */
struct node *parse_substitution(struct lexer *l);

/* alias.c */
struct alias;
/* replaces the current word by its alias's text; 0: it has none */
int expand_alias(struct lexer *l);
void expand_command_alias(struct lexer *l);
const char *get_alias(const char *name);
int do_alias(int argc, char **argv), do_unalias(int argc, char **argv);

/* function.c */
struct node *get_function(const char *name);
void set_function(const char *name, struct node *body);
void unset_function(const char *name);
const char *function_name(int i);	/* the i-th; NULL behind the last */

/* expand.c */
/* fields, NULL-terminated */
char **expand_words(const struct word *words, int command, int *count);
/* one field, no splitting, no globbing */
char *expand_string(const char *word);
/* the same, with ~ also behind colons */
char *expand_assignment(const char *value);
const char *read_escape(const char *s, char *c); /* escapes.c: in $'...' */
/* quoted characters are escaped with a backslash */
char *expand_pattern(const char *word);
char *expand_here(const char *text);
long long arithmetic(const char *expression);

/* exec.c */
extern int last_status, shell_pid, last_background, interactive, in_subshell,
	substitution_status, loop_depth;
enum jump { J_NONE, J_BREAK, J_CONTINUE, J_RETURN };
extern enum jump jumping;	/* break, continue or return is under way */
extern int jump_levels;
/* > 0 inside a condition, where -e does not apply */
extern int condition_depth;
int run_node(struct node *node);
void run_and_exit(struct node *n) __attribute__((noreturn));
int run_string(const char *text);	/* eval, -c, traps */
int run_file(const char *path);		/* 127: cannot be read */

/* command.c */
int run_simple(struct node *n);
/* runs a command whose words are known */
int run_call(int argc, char **argv, int functions_too);
int try_program(char **argv);
void exec_program(char **argv) __attribute__((noreturn));
char *find_program(const char *name);	/* its path; NULL: none */
#define DEFAULT_PATH "/bin:/sbin"
/* where command -p seeks programs; NULL: along PATH */
extern const char *search_path;
/* runs the node or, without one, the text */
char *command_output(struct node *n, const char *text);

/* main.c: errors. They end the shell, but an interactive one prompts again. */
void fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void back_to_prompt(void) __attribute__((noreturn));
int run_forgiving(int (*builtin)(int argc, char **argv), int argc, char **argv);
void forget_forgiving(void);
void exit_shell(int status) __attribute__((noreturn));
extern int exiting; /* the shell's exit status; -1: it goes on */
/* prints the message; returns 2 */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* options.c: option['e'] and so on */
extern char option[128];
int set_option(char letter, int on);
int set_option_named(const char *name, int on);
void show_options(int as_commands);
const char *option_letters(void);

/* redirect.c */
struct saved;
/* unless keep, remembers what it replaces; -1 after an error message */
int redirect(const struct redirect *r, int keep);
struct saved *redirect_mark(void);
/* undoes what was redirected since the mark */
void restore(struct saved *mark);

/* jobs.c */
struct job;
extern int job_control;		/* jobs have process groups of their own */
pid_t start_child(void);	/* forks a subshell without jobs and traps */
struct job *new_job(int processes, const char *text);
pid_t start_process(struct job *j, int background);
/* waits in the foreground until it ends or stops; returns its status */
int wait_job(struct job *j);
void background_job(struct job *j);
void report_jobs(void);
void set_job_control(int on);
void hangup_jobs(void);
int stay_for_jobs(void);
extern int exit_warned;		/* commands until the warning is forgotten */

/* trap.c */
/* the latter: a newline was already written behind the ^C */
enum { INTERRUPTED = 1, INTERRUPTED_SAID };
extern volatile int interrupted;	/* ^C came to an interactive shell */
extern volatile int trap_pending;
void run_traps(void);
void traps_in_child(void);
/* undoes in a child what an interactive shell arranged */
void default_signals(void);
void interactive_signals(void);
char *take_exit_trap(void);

/* builtins.c: a function that returns a status */
typedef int (*builtin_t)(int argc, char **argv);
builtin_t find_builtin(const char *name, int *special);
const char *builtin_name(int i);	/* the i-th; NULL behind the last */
int do_bg(int argc, char **argv), do_fg(int argc, char **argv),
	do_jobs(int argc, char **argv), do_kill(int argc, char **argv),
	do_wait(int argc, char **argv);
int do_exec(int argc, char **argv), do_trap(int argc, char **argv);
int do_echo(int argc, char **argv), do_printf(int argc, char **argv);
int do_export(int argc, char **argv), do_readonly(int argc, char **argv),
	do_unset(int argc, char **argv), do_local(int argc, char **argv),
	do_set(int argc, char **argv), do_shift(int argc, char **argv),
	do_read(int argc, char **argv), do_getopts(int argc, char **argv);
int do_cd(int argc, char **argv), do_pwd(int argc, char **argv),
	do_umask(int argc, char **argv), do_times(int argc, char **argv);
int do_history(int argc, char **argv), do_ulimit(int argc, char **argv);

/* vars.c */
int is_name(const char *s);
extern char **positional;		/* $0, $1, ... NULL-terminated */
enum { V_EXPORT = 1, V_READONLY = 2 };
const char *get_var(const char *name);	/* NULL: unset */
/* fails on a read-only variable */
void set_var(const char *name, const char *value);
/* does nothing to a read-only variable */
void set_var_quietly(const char *name, const char *value);
void mark_var(const char *name, int flag);
int is_readonly(const char *name);
void unset_var(const char *name);
void show_vars(const char *prefix, int flag);
void put_shell_quoted(const char *s);
void import_environment(void);
char **make_environment(void);
int is_assignment(const char *word);
void *local_mark(void);
void local_save(const char *name); /* local_restore() brings its value back */
void local_restore(void *mark);
extern int function_depth;

/* edit.c, history.c, complete.c */
/* with its newline, in the arena; NULL: the end */
char *edit_line(const char *prompt);
void history_add(const char *line);
const char *history_get(int back); /* 1: the last; NULL: there is none */
int history_count(void);
struct completion {
	/* what the word may become, sorted; directories end in / */
	char **list;
	int count;
	size_t typed;			/* length already typed */
	size_t common;			/* length that all have in common */
	char quote;		/* the quote that the word is in, or 0 */
};
void complete(const char *line, size_t at, struct completion *c);

#endif
