/* Tokens: the program's text, cut into names, numbers, texts and operators. */
#include "awk.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

static char *at;			/* what is still to be read */
static int line = 1;
int token, token_builtin;
double token_number;
char *token_text;			/* of a name, a text or a regexp */

static const struct {
	const char *name;
	int token;
} keywords[] = {
	{ "BEGIN", T_BEGIN }, { "END", T_END_RULE }, { "function", T_FUNCTION },
	{ "func", T_FUNCTION }, { "if", T_IF }, { "else", T_ELSE },
	{ "while", T_WHILE }, { "for", T_FOR }, { "do", T_DO },
	{ "break", T_BREAK }, { "continue", T_CONTINUE }, { "next", T_NEXT },
	{ "nextfile", T_NEXTFILE }, { "exit", T_EXIT }, { "return", T_RETURN },
	{ "delete", T_DELETE }, { "in", T_IN }, { "getline", T_GETLINE },
	{ "print", T_PRINT }, { "printf", T_PRINTF },
};

/* The longer ones first. */
static const struct {
	char text[4];
	int token;
} operators[] = {
	{ "**=", T_POW_TO }, { "&&", T_AND }, { "||", T_OR },
	{ "!~", T_NO_MATCH }, { "<=", T_LE }, { "==", T_EQ }, { "!=", T_NE },
	{ ">=", T_GE }, { ">>", T_APPEND }, { "++", T_INC }, { "--", T_DEC },
	{ "+=", T_ADD_TO }, { "-=", T_SUB_TO }, { "*=", T_MUL_TO },
	{ "/=", T_DIV_TO }, { "%=", T_MOD_TO }, { "^=", T_POW_TO },
	{ "**", '^' },
};

void syntax_error(void)
{
	char place[80];

	snprintf(place, sizeof(place), "line %d, before \"%.30s\"", line, at);
	fatal("syntax error", place);
}

void set_source(char *text)
{
	at = text;
	next_token();
}

static char escaped(char c)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *found = strchr(from, c);

	return found && c ? to[found - from] : c;
}

/*
 * Replaces the escapes of a text by what they stand for. A backslash before
 * another character stays: in a regexp it has a meaning.
 */
char *unescape(char *text)
{
	char *to = text;

	for (char *s = text; *s; s++) {
		if (*s != '\\' || !s[1]) {
			*to++ = *s;
		} else if (s[1] >= '0' && s[1] <= '7') {
			int c = 0, n = 0;

			for (; n < 3 && s[1] >= '0' && s[1] <= '7'; n++)
				c = c * 8 + *++s - '0';
			*to++ = c;
		} else {
			if (!strchr("abfnrtv\\\"/", s[1]))
				*to++ = '\\';
			*to++ = escaped(*++s);
		}
	}
	*to = '\0';
	return text;
}

/* Reads up to a quote or slash. The token's text has no escaped newlines. */
static void read_until(char end)
{
	char *to = at, *start = at;
	int in_set = 0;			/* between [ and ] of a regexp */

	for (; *at && *at != '\n' && (*at != end || in_set); at++) {
		if (*at == '\\' && at[1] == '\n') {
			at++;
			line++;
			continue;
		}
		if (end == '/' && *at == '[' && !in_set) {
			in_set = 1;	/* [/] and []/] hold a slash */
			if (at[1] == '^')
				*to++ = *at++;
			if (at[1] == ']')
				*to++ = *at++;
		} else if (*at == ']') {
			in_set = 0;
		}
		if (*at == '\\' && at[1])
			*to++ = *at++;
		*to++ = *at;
	}
	if (*at++ != end)
		fatal("unterminated text", start);
	token_text = strndup(start, to - start);
	if (!token_text)
		fatal("no memory", NULL);
}

void read_regexp(void)
{
	if (token == T_DIV_TO)
		at--;
	read_until('/');
}

static void read_name(void)
{
	size_t n = 0;

	while (isalnum(at[n]) || at[n] == '_')
		n++;
	token_text = strndup(at, n);
	if (!token_text)
		fatal("no memory", NULL);
	at += n;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keywords[i].name, token_text) == 0) {
			token = keywords[i].token;
			return;
		}
	token_builtin = find_builtin(token_text);
	if (token_builtin >= 0)
		token = T_BUILTIN;
	else
		token = *at == '(' ? T_CALL : T_NAME;
}

static void read_operator(void)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t n = strlen(operators[i].text);

		if (strncmp(at, operators[i].text, n) == 0) {
			at += n;
			token = operators[i].token;
			return;
		}
	}
	token = (unsigned char)*at;
	if (*at)
		at++;
}

static void skip_blanks(void)
{
	for (;; at++) {
		if (*at == '#')
			at += strcspn(at, "\n");
		if (*at == '\\' && at[1] == '\r')
			at++;
		if (*at == '\\' && at[1] == '\n') {
			at++;
			line++;
		} else if (*at != ' ' && *at != '\t' && *at != '\r') {
			return;
		}
	}
}

void next_token(void)
{
	if (token == '\n')
		line++;
	skip_blanks();
	if (isdigit(*at) || (*at == '.' && isdigit(at[1]))) {
		token = T_NUMBER;
		token_number = strtod(at, &at);
	} else if (isalpha(*at) || *at == '_') {
		read_name();
	} else if (*at == '"') {
		at++;
		read_until('"');
		token = T_STRING;
	} else {
		read_operator();
	}
}
