/* Matches file names with patterns. */
#include "expand.h"
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Removes the backslashes that mark quoted characters. */
char *unescape(char *s)
{
	char *to = s, *start = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		*to++ = *s;
	}
	*to = '\0';
	return start;
}

/*
 * Returns 1 if the first n characters can match anything but themselves. A [
 * without its ] cannot: it is a command.
 */
static int has_pattern(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && s[i + 1])
			i++;
		else if (s[i] == '*' || s[i] == '?' ||
			 (s[i] == '[' && memchr(s + i, ']', n - i)))
			return 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void glob_in(struct fields *f, const char *directory,
		    const char *pattern);

/*
 * Goes on with the rest of the pattern. A name below a directory has matched
 * the part before a slash or the end.
 */
static void glob_matched(struct fields *f, const char *directory,
			 const char *name, const char *rest)
{
	struct text path = { 0 };
	struct stat st;
	size_t slashes = strspn(rest, "/");

	text_puts(&path, directory);
	text_puts(&path, name);
	if (lstat(path.s, &st) < 0)
		return;
	if (slashes == 0) {
		add_field(f, path.s);
		return;
	}
	if (stat(path.s, &st) < 0 || !S_ISDIR(st.st_mode))
		return;
	text_putn(&path, rest, slashes);
	if (rest[slashes])
		glob_in(f, path.s, rest + slashes);
	else
		add_field(f, path.s);
}

/*
 * Matches the rest of a pattern below a directory and adds the matches to f.
 * text ends in / or is empty.
 */
static void glob_in(struct fields *f, const char *directory,
		    const char *pattern)
{
	size_t n = strcspn(pattern, "/");
	char *part = arena_strndup(pattern, n);
	struct dirent *d;
	DIR *dir;

	if (!has_pattern(part, n)) {
		glob_matched(f, directory, unescape(part), pattern + n);
		return;
	}
	dir = opendir(*directory ? directory : ".");
	while (dir && (d = readdir(dir)))
		if ((d->d_name[0] != '.' || part[0] == '.' ||
		     (part[0] == '\\' && part[1] == '.')) &&
		    fnmatch(part, d->d_name, 0) == 0)
			glob_matched(f, directory, d->d_name, pattern + n);
	if (dir)
		closedir(dir);
}

/*
 * Replaces a field by the sorted names it matches, or by itself if there are
 * none.
 */
void glob_field(struct fields *out, char *field)
{
	int before = out->count;
	size_t slashes = strspn(field, "/");

	if (!option['f'] && has_pattern(field, strlen(field)))
		glob_in(out, arena_strndup(field, slashes), field + slashes);
	if (out->count == before)
		add_field(out, unescape(field));
	else
		qsort(out->list + before, out->count - before, sizeof(char *),
		      compare);
}
