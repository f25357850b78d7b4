/* Cutting input into tokens. Quotes and substitutions stay in the word as they were written. */
#include "sh.h"
#include <ctype.h>
#include <string.h>

void lex_init(struct lexer *l, const char *input, char *(*more)(void *), void *context)
{
	*l = (struct lexer){ .at = input, .more = more, .context = context, .line = 1 };
}

/* The next character, fetching another line at the end of the input if an unfinished construct needs it. */
static int need_char(struct lexer *l)
{
	if (!*l->at) {
		char *line = l->more ? l->more(l->context) : NULL;

		if (!line)
			return 0;
		l->at = line;
	}
	return *l->at++;
}

static void copy_quoted(struct lexer *l, struct text *t, char quote)
{
	int c;

	while ((c = need_char(l)) && c != quote) {
		text_put(t, c);
		if (c == '\\' && quote != '\'' && (c = need_char(l)))
			text_put(t, c);
	}
	if (c)
		text_put(t, c);
}

/* Copy up to the closing bracket that matches open; quotes inside hide brackets. */
static void copy_nested(struct lexer *l, struct text *t, char open, char close)
{
	int depth = 1, c;

	while (depth > 0 && (c = need_char(l))) {
		text_put(t, c);
		if (c == '\'' || c == '"' || c == '`')
			copy_quoted(l, t, c);
		else if (c == '\\' && (c = need_char(l)))
			text_put(t, c);
		else if (c == open)
			depth++;
		else if (c == close)
			depth--;
	}
}

/* The part of a word that begins with $. */
static void copy_dollar(struct lexer *l, struct text *t)
{
	if (*l->at == '(') {
		text_put(t, *l->at++);
		copy_nested(l, t, '(', ')');
	} else if (*l->at == '{') {
		text_put(t, *l->at++);
		copy_nested(l, t, '{', '}');
	}
}

static void read_word(struct lexer *l)
{
	struct text t = { 0 };
	int c;

	text_put(&t, ' ');
	t.length = 0;
	while ((c = *l->at) && !strchr(" \t\n|&;<>()", c)) {
		l->at++;
		if (c == '\\' && *l->at == '\n') {
			l->at++;
			if (!*l->at && l->more) {
				char *line = l->more(l->context);

				l->at = line ? line : "";
			}
			continue;
		}
		text_put(&t, c);
		if (c == '\\' && *l->at)
			text_put(&t, *l->at++);
		else if (c == '\'' || c == '`')
			copy_quoted(l, &t, c);
		else if (c == '"') {
			for (; (c = need_char(l)) && c != '"';) {
				text_put(&t, c);
				if (c == '\\' && (c = need_char(l)))
					text_put(&t, c);
				else if (c == '$')
					copy_dollar(l, &t);
				else if (c == '`')
					copy_quoted(l, &t, '`');
			}
			text_put(&t, '"');
		} else if (c == '$')
			copy_dollar(l, &t);
	}
	t.s[t.length] = '\0';
	l->word = t.s;
	l->token = T_WORD;
	if (isdigit(t.s[0]) && !t.s[1] && (*l->at == '<' || *l->at == '>'))
		l->token = T_NUMBER;
}

static const struct {
	const char *text;
	enum token token;
} operators[] = {
	{ "&&", T_AND_IF }, { "||", T_OR_IF }, { ";;", T_DSEMI }, { "<<", T_DLESS }, { ">>", T_DGREAT }, { "<&", T_LESSAMP },
	{ ">&", T_GREATAMP }, { "<>", T_LESSGREAT }, { ">|", T_CLOBBER }, { "|", T_PIPE }, { "&", T_AMP }, { ";", T_SEMI },
	{ "(", T_LPAREN }, { ")", T_RPAREN }, { "<", T_LESS }, { ">", T_GREAT }, { "\n", T_NEWLINE },
};

/* Look at the next token. */
void next_token(struct lexer *l)
{
	l->word = NULL;
	for (;;) {
		while (*l->at == ' ' || *l->at == '\t' || *l->at == '\r')
			l->at++;
		if (l->at[0] == '\\' && l->at[1] == '\n')
			l->at += 2;
		else if (*l->at == '#')
			l->at += strcspn(l->at, "\n");
		else
			break;
	}
	if (!*l->at) {
		l->token = T_END;
		return;
	}
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t n = strlen(operators[i].text);

		if (strncmp(l->at, operators[i].text, n) == 0) {
			l->at += n;
			l->token = operators[i].token;
			l->line += l->token == T_NEWLINE;
			return;
		}
	}
	read_word(l);
}
