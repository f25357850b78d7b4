/*
 * The environment: a list of name=value strings. What setenv() allocates is
 * never freed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **owned;	/* environ, once copied to be changed */

static char **find(const char *name, size_t length)
{
	for (char **e = environ; *e; e++)
		if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
			return e;
	return NULL;
}

char *getenv(const char *name)
{
	char **e = find(name, strlen(name));

	return e ? strchr(*e, '=') + 1 : NULL;
}

int putenv(char *assignment)
{
	char **e = find(assignment, strcspn(assignment, "=")), **list;
	int n = 0;

	if (e) {
		*e = assignment;
		return 0;
	}
	while (environ[n])
		n++;
	list = realloc(owned, (n + 2) * sizeof(*list));
	if (!list)
		return -1;
	if (environ != owned)
		memcpy(list, environ, n * sizeof(*list));
	list[n] = assignment;
	list[n + 1] = NULL;
	environ = owned = list;
	return 0;
}

int setenv(const char *name, const char *value, int overwrite)
{
	size_t length = strlen(name);
	char *assignment;

	if (!overwrite && find(name, length))
		return 0;
	assignment = malloc(length + strlen(value) + 2);
	if (!assignment)
		return -1;
	strcpy(assignment, name);
	assignment[length] = '=';
	strcpy(assignment + length + 1, value);
	return putenv(assignment);
}

int unsetenv(const char *name)
{
	char **e = find(name, strlen(name));

	for (; e && *e; e++)
		e[0] = e[1];
	return 0;
}
