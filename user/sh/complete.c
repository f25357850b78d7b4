/*
 * Completes the word before the cursor: names of commands where a command is
 * expected, names of files elsewhere.
 */
#include "sh.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The word that ends at the cursor. */
struct partial {
	struct text word;		/* without its quotes */
	char quote;			/* the quote it is in; $: in $'...' */
	int command;			/* it names a command */
};

/*
 * Finds the word before the cursor. This does not parse exactly, but well
 * enough.
 */
static void find_word(struct partial *p, const char *line, size_t at)
{
	p->command = 1;
	for (size_t i = 0; i < at; i++) {
		char c = line[i];

		if (p->quote == '$' && c == '\\' && i + 1 < at) {
			i = read_escape(line + i + 1, &c) - line - 1;
			text_put(&p->word, c);
		} else if (p->quote == '"' && c == '\\' && i + 1 < at &&
			   strchr("$`\"\\", line[i + 1])) {
			text_put(&p->word, line[++i]);
		} else if (p->quote) {
			if (c == (p->quote == '$' ? '\'' : p->quote))
				p->quote = 0;
			else
				text_put(&p->word, c);
		} else if (c == '$' && i + 1 < at && line[i + 1] == '\'') {
			p->quote = '$';
			i++;
		} else if (c == '\\' && i + 1 < at) {
			text_put(&p->word, line[++i]);
		} else if (c == '\'' || c == '"') {
			p->quote = c;
		} else if (strchr(" \t|&;()<>`", c)) {
			if (strchr("|&;(`", c))
				p->command = 1;
			else if (c == '<' || c == '>' ||
				 (p->word.length > 0 &&
				  !is_assignment(p->word.s) &&
				  !is_reserved(p->word.s)))
				p->command = 0;
			p->word = (struct text){ 0 };
		} else {
			text_put(&p->word, c);
		}
	}
	text_end(&p->word);
}

/* Adds a name if it begins with prefix. */
static void add(struct completion *c, const char *name, const char *prefix,
		int directory)
{
	struct text t = { 0 };

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return;
	if (c->count % 16 == 0) {
		char **bigger = arena_alloc((c->count + 16) * sizeof(char *));

		if (c->count)
			memcpy(bigger, c->list, c->count * sizeof(char *));
		c->list = bigger;
	}
	text_puts(&t, name);
	if (directory)
		text_put(&t, '/');
	c->list[c->count++] = t.s;
}

/*
 * Adds the names of a directory that begin with prefix. For a command, only
 * those that can be run.
 */
static void add_files(struct completion *c, const char *directory,
		      const char *prefix, int programs)
{
	DIR *dir = opendir(*directory ? directory : ".");
	struct dirent *d;
	struct stat st;

	while (dir && (d = readdir(dir))) {
		struct text path = { 0 };
		int is_directory;

		if (strncmp(d->d_name, prefix, strlen(prefix)) != 0 ||
		    (d->d_name[0] == '.' && prefix[0] != '.') ||
		    strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		text_puts(&path, directory);
		text_puts(&path, *directory ? "/" : "");
		text_puts(&path, d->d_name);
		is_directory = stat(path.s, &st) == 0 && S_ISDIR(st.st_mode);
		if (!programs || (!is_directory && access(path.s, X_OK) == 0))
			add(c, d->d_name, prefix, is_directory);
	}
	if (dir)
		closedir(dir);
}

/* Adds builtins, functions and the programs along PATH. */
static void add_commands(struct completion *c, const char *prefix)
{
	const char *path = get_var("PATH"), *name;

	for (int i = 0; (name = builtin_name(i)); i++)
		add(c, name, prefix, 0);
	for (int i = 0; (name = function_name(i)); i++)
		add(c, name, prefix, 0);
	for (; path && *path;
	     path += strcspn(path, ":") + (path[strcspn(path, ":")] == ':'))
		add_files(c, arena_strndup(path, strcspn(path, ":")), prefix,
			  1);
}

/* Returns the directory of a path, with ~ replaced. */
static char *directory_of(const char *path, size_t n)
{
	struct text t = { 0 };

	if (path[0] == '~' && path[1] == '/' && get_var("HOME")) {
		text_puts(&t, get_var("HOME"));
		path++;
		n--;
	}
	text_putn(&t, path, n);
	return text_end(&t);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the names, removes duplicates, and finds what they have in common. */
static void finish(struct completion *c)
{
	int kept = 0;

	if (c->count == 0)
		return;
	qsort(c->list, c->count, sizeof(char *), compare);
	for (int i = 1; i < c->count; i++)
		if (strcmp(c->list[i], c->list[kept]) != 0)
			c->list[++kept] = c->list[i];
	c->count = kept + 1;
	for (c->common = strlen(c->list[0]);
	     strncmp(c->list[0], c->list[kept], c->common) != 0; c->common--)
		;
}

/* Finds what the word before the cursor may become. */
void complete(const char *line, size_t at, struct completion *c)
{
	struct partial p = { 0 };
	const char *name;

	*c = (struct completion){ 0 };
	find_word(&p, line, at);
	name = strrchr(p.word.s, '/');
	c->quote = p.quote;
	if (p.command && !name) {
		c->typed = p.word.length;
		add_commands(c, p.word.s);
	} else {
		name = name ? name + 1 : p.word.s;
		c->typed = strlen(name);
		add_files(c, directory_of(p.word.s, name - p.word.s), name, 0);
	}
	finish(c);
}
