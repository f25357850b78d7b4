/* The tests and actions of find. The expression is parsed in find.c. */
#include <ctype.h>
#include "find.h"
#include <fnmatch.h>
#include <grp.h>
#include <names.h>
#include <pwd.h>
#include <run.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

time64_t find_started;
int find_pruned;
static struct expr *groups[8];		/* each -exec + */
static int group_count;

/* Tests expression expression. */
int test_and(struct expr *e, const struct file *f)
{
	return e->a->test(e->a, f) && e->b->test(e->b, f);
}

/* Tests expression -o expression. */
int test_or(struct expr *e, const struct file *f)
{
	return e->a->test(e->a, f) || e->b->test(e->b, f);
}

/* Tests ! expression. */
int test_not(struct expr *e, const struct file *f)
{
	return !e->a->test(e->a, f);
}

/* Tests -true, and options that hold for all files. */
int test_true(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	return 1;
}

/* Tests -false. */
int test_false(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	return 0;
}

/* Tests -name, and -iname, whose pattern is in small letters. */
int test_name(struct expr *e, const struct file *f)
{
	char *name = last_part(f->path);
	int matches;

	for (char *s = name; e->sign && *s; s++)
		*s = tolower(*s);
	matches = fnmatch(e->text, name, 0) == 0;
	free(name);
	return matches;
}

/* Tests the whole path, for -path. */
int test_path(struct expr *e, const struct file *f)
{
	return fnmatch(e->text, f->path, 0) == 0;
}

/* Tests -type, with one letter or several. */
int test_type(struct expr *e, const struct file *f)
{
	static const char letters[] = "?pc?d?b?f?l?s???";

	return strchr(e->text, letters[f->st.st_mode >> 12 & 15]) != NULL;
}

/* Returns 1 if a value is as the argument demands: more, less or equal. */
static int compare(const struct expr *e, long long value)
{
	if (e->sign == '+')
		return value > e->number;
	if (e->sign == '-')
		return value < e->number;
	return value == e->number;
}

/* Tests -size, in units rounded up. */
int test_size(struct expr *e, const struct file *f)
{
	return compare(e, f->st.st_size / e->unit +
				  (f->st.st_size % e->unit != 0));
}

/* Tests -mtime, -atime and -ctime in whole days, -mmin in minutes. */
int test_modified(struct expr *e, const struct file *f)
{
	return compare(e, (find_started - f->st.st_mtime) / e->unit);
}

int test_accessed(struct expr *e, const struct file *f)
{
	return compare(e, (find_started - f->st.st_atime) / e->unit);
}

int test_changed(struct expr *e, const struct file *f)
{
	return compare(e, (find_started - f->st.st_ctime) / e->unit);
}

/* Tests -links. */
int test_links(struct expr *e, const struct file *f)
{
	return compare(e, f->st.st_nlink);
}

/* Tests -inum. */
int test_inode(struct expr *e, const struct file *f)
{
	return compare(e, f->st.st_ino);
}

/* Tests -newer: changed after the given file. */
int test_newer(struct expr *e, const struct file *f)
{
	return f->st.st_mtime > e->number ||
	       (f->st.st_mtime == e->number && f->st.st_mtime_nsec > e->unit);
}

/* Tests -perm: exactly these bits, with - all of them, with / any of them. */
int test_permissions(struct expr *e, const struct file *f)
{
	long mode = f->st.st_mode & 07777;

	if (e->sign == '-')
		return (mode & e->number) == e->number;
	if (e->sign == '/')
		return !e->number || mode & e->number;
	return mode == e->number;
}

/* Tests -user. */
int test_user(struct expr *e, const struct file *f)
{
	return f->st.st_uid == e->number;
}

/* Tests -group. */
int test_group(struct expr *e, const struct file *f)
{
	return f->st.st_gid == e->number;
}

/* Tests -nouser and -nogroup: a number without a name. */
int test_no_user(struct expr *e, const struct file *f)
{
	(void)e;
	return !getpwuid(f->st.st_uid);
}

int test_no_group(struct expr *e, const struct file *f)
{
	(void)e;
	return !getgrgid(f->st.st_gid);
}

/* Tests -empty: no bytes, or no names. */
int test_empty(struct expr *e, const struct file *f)
{
	char **names;
	int empty;

	(void)e;
	if (!S_ISDIR(f->st.st_mode))
		return S_ISREG(f->st.st_mode) && f->st.st_size == 0;
	names = sorted_names(f->path);
	empty = names && !names[0];
	free_names(names);
	return empty;
}

/* Does -print. */
int test_print(struct expr *e, const struct file *f)
{
	static int terminal = -1;

	(void)e;
	if (terminal < 0)
		terminal = isatty(1);
	put_name(f->path, terminal);
	return putchar('\n') >= 0;
}

/* Does -print0. */
int test_print0(struct expr *e, const struct file *f)
{
	(void)e;
	fputs(f->path, stdout);
	putchar('\0');
	return 1;
}

/* Does -prune: the walk does not enter this directory. */
int test_prune(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	find_pruned = 1;
	return 1;
}

/* Does -delete. */
int test_delete(struct expr *e, const struct file *f)
{
	(void)e;
	if (strcmp(f->path, ".") == 0 ||
	    (S_ISDIR(f->st.st_mode) ? rmdir : unlink)(f->path) == 0)
		return 1;
	warn(f->path);
	return 0;
}

/* Does -quit. */
int test_quit(struct expr *e, const struct file *f)
{
	(void)e, (void)f;
	run_groups();
	exit(exit_status);
}

/* Returns a word of -exec in which the path replaces each {}; malloc'ed. */
static char *with_path(const char *word, const char *path)
{
	size_t room = strlen(word) + 1, n = 0;
	char *result;

	for (const char *p = word; (p = strstr(p, "{}")); p += 2)
		room += strlen(path);
	result = malloc(room);
	if (!result)
		die(path);
	while (*word)
		if (strncmp(word, "{}", 2) == 0) {
			strcpy(result + n, path);
			n += strlen(path);
			word += 2;
		} else {
			result[n++] = *word++;
		}
	result[n] = '\0';
	return result;
}

/* Does -exec ... ;. */
int test_exec(struct expr *e, const struct file *f)
{
	char *command[e->word_count + 1];
	int status;

	for (int i = 0; i < e->word_count; i++)
		command[i] = with_path(e->words[i], f->path);
	command[e->word_count] = NULL;
	status = run_program(command, NULL);
	if (status < 0)
		warn(command[0]);
	for (int i = 0; i < e->word_count; i++)
		free(command[i]);
	return status == 0;
}

/* Does -ok: -exec after a question. */
int test_ok(struct expr *e, const struct file *f)
{
	return ask(e->words[0], f->path) && test_exec(e, f);
}

/* Runs the command of an -exec + with the files collected so far. */
static void run_group(struct expr *e)
{
	if (!e->file_count)
		return;
	e->words[e->word_count + e->file_count] = NULL;
	if (run_program(e->words, NULL) != 0)
		exit_status = 1;
	while (e->file_count > 0)
		free(e->words[e->word_count + --e->file_count]);
	e->size = 0;
}

void add_group(struct expr *e)
{
	if (group_count == sizeof(groups) / sizeof(groups[0])) {
		complain("-exec", "too many");
		exit(1);
	}
	groups[group_count++] = e;
}

void run_groups(void)
{
	for (int i = 0; i < group_count; i++)
		run_group(groups[i]);
}

/* Does -exec ... {} +: collects the file. */
int test_exec_group(struct expr *e, const struct file *f)
{
	e->size += strlen(f->path) + 1;
	if (e->file_count == GROUP_WORDS || e->size > GROUP_SIZE)
		run_group(e);
	e->words[e->word_count + e->file_count] = strdup(f->path);
	if (!e->words[e->word_count + e->file_count++])
		die(f->path);
	return 1;
}
