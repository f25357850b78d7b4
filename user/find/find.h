/* find: its expression, and the tests in it (user/find/find_tests.c). */
#ifndef FIND_H
#define FIND_H
#include <sys/stat.h>
#include <time.h>

#define GROUP_WORDS 1000	/* words and bytes a command of -exec + */
#define GROUP_SIZE 32768

struct file {
	const char *path;
	struct stat st;
};

/*
 * A node of the expression. The actions are tests, too, and return true or
 * false.
 */
struct expr {
	int (*test)(struct expr *e, const struct file *f);
	struct expr *a, *b;		/* operands of and, or, not */
	char *text; /* an argument, or a number with a comparison before it */
	char sign;		/* + more than, - less than, else exactly */
	long long number;
	long unit;
	/* -exec: the command; the files of + are collected behind it */
	char **words;
	int word_count, file_count, size;
};

extern time64_t find_started;
extern int find_pruned;			/* -prune was met */
void add_group(struct expr *e);		/* called when an -exec + was read */
void run_groups(void); /* runs the commands that are still collecting files */
int test_and(struct expr *e, const struct file *f);
int test_or(struct expr *e, const struct file *f);
int test_not(struct expr *e, const struct file *f);
int test_true(struct expr *e, const struct file *f);
int test_name(struct expr *e, const struct file *f);
int test_path(struct expr *e, const struct file *f);
int test_type(struct expr *e, const struct file *f);
int test_size(struct expr *e, const struct file *f);
int test_false(struct expr *e, const struct file *f);
int test_modified(struct expr *e, const struct file *f);
int test_accessed(struct expr *e, const struct file *f);
int test_changed(struct expr *e, const struct file *f);
int test_links(struct expr *e, const struct file *f);
int test_inode(struct expr *e, const struct file *f);
int test_newer(struct expr *e, const struct file *f);
int test_permissions(struct expr *e, const struct file *f);
int test_user(struct expr *e, const struct file *f);
int test_group(struct expr *e, const struct file *f);
int test_no_user(struct expr *e, const struct file *f);
int test_no_group(struct expr *e, const struct file *f);
int test_empty(struct expr *e, const struct file *f);
int test_print(struct expr *e, const struct file *f);
int test_print0(struct expr *e, const struct file *f);
int test_prune(struct expr *e, const struct file *f);
int test_delete(struct expr *e, const struct file *f);
int test_quit(struct expr *e, const struct file *f);
int test_exec(struct expr *e, const struct file *f);
int test_ok(struct expr *e, const struct file *f);
int test_exec_group(struct expr *e, const struct file *f);
#endif
