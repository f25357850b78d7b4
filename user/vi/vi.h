/*
 * vi: declarations shared by its files.
 * Reading order: main.c, text.c (the lines), undo.c, keys.c, screen.c,
 * motion.c, words.c, search.c, command.c, operator.c, registers.c, insert.c,
 * ex.c, ex_commands.c, ex_set.c, substitute.c, filter.c, file.c.
 */
#ifndef VI_H
#define VI_H

#include <regex.h>
#include <setjmp.h>
#include <stddef.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define CTRL(c) ((c) & 31)
#define ESCAPE 27

struct line {
	char *s;	/* n bytes, then a NUL; never changed in place */
	int n;
};
struct place {
	int row, col;			/* both from 0 */
};

/* main.c */
extern jmp_buf restart;		/* where an error gives up the command */
extern volatile int resized, hung_up;
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* prints why and goes on with the next command; "" only beeps */
void fail(const char *why) __attribute__((noreturn));
void leave(int status) __attribute__((noreturn));

/* text.c: at least one line is always there */
extern struct line *lines;
extern int nr_lines, modified, nothing;	/* nothing: the one line is no line */
extern struct place cursor;
#define MARKS 27		/* the last: where the cursor jumped from */
extern struct place marks[MARKS];	/* row -1: not set */
struct place *mark(int name);		/* NULL: no such mark */
void *need(size_t size); /* malloc that fails the command, not the editor */
struct line make_line(const char *s, int n);
void free_line(struct line l);
/* a new text: the lines of buf, which must have room for one more byte */
void adopt_text(char *buf, int size);
void splice(int at, int removed, const struct line *new, int added);
void replace_lines(int at, int removed, const struct line *new, int added);
void replace_in_line(struct place at, int removed, const char *s, int n);
/* returns where it ends */
struct place insert_text(struct place at, const char *s, int n);
void delete_text(struct place from, struct place to);	/* from before to */
void delete_lines(int first, int last);
char *copy_text(struct place from, struct place to, int *n);
int first_text(int row); /* column of the first character that is not blank */

/* undo.c */
void begin_change(void);		/* what follows is undone in one step */
/* 1 if the last record is this step's change of this very line */
int same_change(int at);
void reserve_record(void);
void add_record(int at, int added, struct line *old, int removed);
void forget_changes(void);
void undo(void);
void redo(void);
void note_line(void);			/* before a command, for undo_line() */
void undo_line(void);			/* U */

/* keys.c */
enum {
	KEY_UP = 256,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_INSERT,
	KEY_DELETE,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN
};
int get_key(void);	/* draws the screen when nothing is typed ahead */
void raw_terminal(void);
void cooked_terminal(void);
void start_recording(void);
void keep_recording(void);	/* . repeats what was typed since */
void unrecord_key(void);		/* the last key is a digit of a count */
void record_count(int count);
void replay(int count);		/* the last command, with its count if 0 */
void push_keys(const char *s, int n);	/* are read as if they were typed */
void drop_replay(void);

/* screen.c */
extern int rows, columns, top, inserting, show_numbers, tab_stop;
extern const char *prompt_text;		/* shown instead of the message */
void measure_screen(void);
void forget_screen(void);	/* the next draw_screen() repaints everything */
void draw_screen(void);
void put_string(const char *s, int n);
void flush_output(void);
int display_column(int row, int col);
int column_at(int row, int wanted);	/* the byte at a display column */
int last_row_shown(void);
/* at 0: as the first line of the screen, 1: in the middle, 2: as the last */
void show_row(int row, int at);

/* motion.c, words.c, search.c: where a key leads */
enum motion_kind { NO_MOTION, EXCLUSIVE, INCLUSIVE, LINEWISE };
/* fails where there is no way */
enum motion_kind motion(int key, int count, struct place *to);
extern int wanted_column, for_operator;
int row_in_text(int row);
int step(struct place *p, int by);
int char_at(struct place p);
void word_forward(struct place *p, int big);
void word_end(struct place *p, int big);
void word_back(struct place *p, int big);
int match_bracket(struct place *p);
void paragraph(struct place *p, int by);
void sentence(struct place *p, int by);
void section(struct place *p, int by);
extern int ignore_case, wrap_scan;
const char *current_pattern(void);
void set_pattern(const char *pattern);	/* empty: the last one again */
int match_at(int row, int from, regmatch_t *match, int nr_matches);
int search(struct place *p, int by);
const char *prompt(char first);	/* a line typed at the bottom; NULL: given up */
const char *cut_pattern(const char *s, char delimiter, char *to, int size);

/* command.c, operator.c, registers.c */
extern int shift_width;
void command(void);
void clamp_cursor(void);
extern int reg;				/* the register chosen by ", or 0 */
void yank(struct place from, struct place to, int linewise);
void keep_deleted(struct place from, struct place to, int linewise);
void put_register(int before, int count);
void put_lines(int before);	/* puts what the register holds as lines */
void execute_register(int name, int count);
void change_range(int operator, struct place from, struct place to,
		  enum motion_kind kind);
void operator_command(int operator, int count);
void join_lines(int row, int count, int as_it_is);
void shift_lines(int first, int last, int by);

/* insert.c */
extern int auto_indent;
void insert_mode(int times, int new_lines);
void open_line(int row);
void replace_mode(void);

/* ex.c, ex_commands.c, ex_set.c, substitute.c, filter.c, file.c */
struct ex {
	int first, last, given;	/* rows; given: number of addresses */
	int force;		/* an exclamation mark behind the name */
	const char *name;
	char *argument;			/* "": none */
};
enum { WORDS = 0, LINE = 1, PATTERN = 2, FILES = 4, ZERO = 8 };
extern const struct ex_name {
	const char *name;
	int least;			/* length of the shortest form */
	int kind;			/* how its argument is parsed */
	void (*run)(struct ex *x);
} ex_names[];
void ex_command(const char *s);
const char *skip_blanks(const char *s);
const char *address(const char *s, int *row);	/* NO_ADDRESS: none */
#define NO_ADDRESS (-2)
void ex_set(struct ex *x);
void ex_shell(struct ex *x);
void filter_lines(int first, int last, const char *command);
void read_command_into(int row, const char *command);
void write_to_command(const char *command, int first, int last);
void ex_substitute(int first, int last, const char *s, int searched);
extern int in_global;		/* :g is at work: fail() may end it */
void ex_global(int first, int last, const char *s, int matching);
extern char *file_name, *other_name;
/* first_file: all files; file_list: the rest, for :n */
extern char **file_list, **first_file;
void set_name(const char *name);
int load_file(const char *name);
char *read_all(int fd, int *size);	/* malloc'ed; NULL with errno */
int write_lines(int fd, int first, int last);
void read_text_into(int row, const char *text, int size);
void write_file(const char *name, int first, int last, int append, int force);
void read_into(int row, const char *name);
void save_on_hangup(void);
void file_status(void);
#endif
