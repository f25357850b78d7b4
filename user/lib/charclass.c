/*
 * The character classes in the sets of patterns: [:alpha:] and its relatives.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

static int is_alnum(int c) { return isalnum(c); }
static int is_alpha(int c) { return isalpha(c); }
static int is_blank(int c) { return isblank(c); }
static int is_cntrl(int c) { return iscntrl(c); }
static int is_digit(int c) { return isdigit(c); }
static int is_graph(int c) { return isgraph(c); }
static int is_lower(int c) { return islower(c); }
static int is_print(int c) { return isprint(c); }
static int is_punct(int c) { return ispunct(c); }
static int is_space(int c) { return isspace(c); }
static int is_upper(int c) { return isupper(c); }
static int is_xdigit(int c) { return isxdigit(c); }

static const struct {
	const char *name;
	int (*has)(int c);
} classes[] = {
	{ ":alnum:]", is_alnum }, { ":alpha:]", is_alpha },
	{ ":blank:]", is_blank }, { ":cntrl:]", is_cntrl },
	{ ":digit:]", is_digit }, { ":graph:]", is_graph },
	{ ":lower:]", is_lower }, { ":print:]", is_print },
	{ ":punct:]", is_punct }, { ":space:]", is_space },
	{ ":upper:]", is_upper }, { ":xdigit:]", is_xdigit },
};

/*
 * Sets *matched to 1 if c is in the class at p. p points behind the second [ of
 * [[:alpha:]...]. Returns where the class ends, or NULL if there is none.
 */
const char *__match_class(const char *p, char c, int *matched)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		size_t n = strlen(classes[i].name);

		if (strncmp(p, classes[i].name, n) == 0) {
			*matched |= classes[i].has((unsigned char)c);
			return p + n;
		}
	}
	return NULL;
}
