/*
 * Cuts input into tokens. Quotes and substitutions stay in the word as they
 * were written. Only the parser knows where $(...) ends, so it is called to
 * skip it.
 */
#include "sh.h"
#include <ctype.h>
#include <string.h>

static void copy_dollar(struct lexer *l, struct text *t, int quoted);

/* Returns 1 if a word is reserved where a command begins. */
int is_reserved(const char *s)
{
	static const char *const words[] = {
		"if", "then", "else", "elif", "fi", "do", "done", "case",
		"esac", "while", "until", "for", "{", "}", "!", "in",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(s, words[i]) == 0)
			return 1;
	return 0;
}

void lex_init(struct lexer *l, const char *input, char *(*more)(void *),
	      void *context)
{
	*l = (struct lexer){ .input = { .s = (char *)input,
					.length = strlen(input) },
			     .more = more,
			     .context = context,
			     .line = 1 };
}

/* Gets another line of input. Returns 0 if there is none. */
int lex_more(struct lexer *l)
{
	char *line = l->more ? l->more(l->context) : NULL;

	if (!line)
		return 0;
	text_puts(&l->input, line);
	return 1;
}

static int look(const struct lexer *l)
{
	return l->input.s[l->at];
}

/* Skips backslashes that join lines. */
static void skip_joints(struct lexer *l)
{
	while (look(l) == '\\' && l->input.s[l->at + 1] == '\n') {
		l->at += 2;
		l->line++;
		if (!look(l))
			lex_more(l);
	}
}

/*
 * Returns the next character. Gets another line at the end of the input, for an
 * unfinished construct. Returns 0 if there is none.
 */
static int need_char(struct lexer *l)
{
	if (!look(l) && !lex_more(l)) {
		l->failed |= 2;
		return 0;
	}
	l->line += look(l) == '\n';
	return l->input.s[l->at++];
}

/*
 * Copies a character quoted with a backslash. A backslash at the end of a line
 * joins it with the next.
 */
static void copy_escaped(struct lexer *l, struct text *t)
{
	int c = !look(l) && !l->more ? 0 : need_char(l);

	if (c == '\n')
		return;
	text_put(t, '\\');
	if (c)
		text_put(t, c);
}

/*
 * Copies up to a closing quote. Inside only a backslash is special, and only
 * with escapes.
 */
static void copy_plain(struct lexer *l, struct text *t, char quote, int escapes)
{
	int c;

	while ((c = need_char(l)) && c != quote) {
		text_put(t, c);
		if (c == '\\' && escapes && (c = need_char(l)))
			text_put(t, c);
	}
	text_put(t, quote);
}

/* Copies "...", in which $ ` and \ stay special. */
static void copy_double(struct lexer *l, struct text *t)
{
	int c;

	while ((c = need_char(l)) && c != '"') {
		if (c == '\\') {
			copy_escaped(l, t);
			continue;
		}
		text_put(t, c);
		if (c == '$')
			copy_dollar(l, t, 1);
		else if (c == '`')
			copy_plain(l, t, '`', 1);
	}
	text_put(t, '"');
}

/* Copies a character and, if it opens something, all up to its end. */
static void copy_part(struct lexer *l, struct text *t, int c, int quoted)
{
	if (c == '\\') {
		copy_escaped(l, t);
		return;
	}
	text_put(t, c);
	if (c == '\'' && !quoted)
		copy_plain(l, t, '\'', 0);
	else if (c == '"')
		copy_double(l, t);
	else if (c == '`')
		copy_plain(l, t, '`', 1);
	else if (c == '$')
		copy_dollar(l, t, quoted);
}

/* Copies ${...}. Within double quotes ' is no quote, except in patterns. */
static void copy_braces(struct lexer *l, struct text *t, int quoted)
{
	size_t n = l->at;
	int c;

	while (isalnum(l->input.s[n]) || l->input.s[n] == '_')
		n++;
	if (l->input.s[n] && n > l->at && strchr("#%", l->input.s[n]))
		quoted = 0;
	while ((c = need_char(l)) && c != '}')
		copy_part(l, t, c, quoted);
	text_put(t, '}');
}

/*
 * Copies $((...)), counting brackets. Returns 0 if the last two ) are apart:
 * then it is a command that begins with a subshell.
 */
static int copy_arithmetic(struct lexer *l, struct text *t)
{
	int depth = 0, c;

	while ((c = need_char(l))) {
		copy_part(l, t, c, 1);
		depth += (c == '(') - (c == ')');
		if (depth == -1) {
			skip_joints(l);
			if (look(l) != ')')
				return 0;
		}
		if (depth == -2)
			break;
	}
	return 1;
}

/* A place in the input. */
struct place {
	struct place *next;
	size_t at;
};

/* Returns 1 if what begins there was already found to be a command. */
static int is_command(const struct lexer *l, size_t at)
{
	const struct place *p = l->commands;

	while (p && p->at != at)
		p = p->next;
	return p != NULL;
}

/*
 * Notes that a command begins there. Else $(( within $(( would be tried twice
 * for each try of the outer one: 2^n times n deep.
 */
static void note_command(struct lexer *l, size_t at)
{
	struct place *p = arena_alloc(sizeof(*p));

	p->at = at;
	p->next = l->commands;
	l->commands = p;
}

/* Copies the part of a word that begins with $. */
static void copy_dollar(struct lexer *l, struct text *t, int quoted)
{
	size_t start, length = t->length;
	int line;

	skip_joints(l);
	start = l->at;
	line = l->line;
	if (look(l) == '\'' && !quoted) {
		text_put(t, need_char(l));
		copy_plain(l, t, '\'', 1);
	} else if (look(l) == '{') {
		text_put(t, need_char(l));
		copy_braces(l, t, quoted);
	} else if (look(l) == '(') {
		l->at++;
		skip_joints(l);
		if (look(l) == '(' && !is_command(l, start)) {
			l->at++;
			text_puts(t, "((");
			if (copy_arithmetic(l, t))
				return;
			note_command(l, start);
			t->length = length;
			l->at = start + 1;
			l->line = line;
		}
		parse_substitution(l);
		text_putn(t, l->input.s + start, l->at - start);
	}
}

/* Returns the length of what stands behind ${, including its }. */
size_t braces_length(const char *s, int quoted)
{
	struct lexer l;
	struct text t = { 0 };

	lex_init(&l, s, NULL, NULL);
	copy_braces(&l, &t, quoted);
	if (l.failed)
		fail("bad substitution: no }");
	return l.at;
}

/*
 * Returns the length of the expression behind $((, without its )). Returns -1
 * if it is none.
 */
ssize_t arithmetic_length(const char *s)
{
	struct lexer l;
	struct text t = { 0 };

	lex_init(&l, s, NULL, NULL);
	if (!copy_arithmetic(&l, &t))
		return -1;
	if (l.failed)
		fail("bad substitution: no ))");
	return l.at - 2;
}

/*
 * Reads a word up to an unquoted blank or operator. Digits before < or > are a
 * descriptor's number.
 */
static void read_word(struct lexer *l)
{
	struct text t = { 0 };
	int c;

	while ((c = look(l)) && !strchr(" \t\n|&;<>()", c)) {
		l->at++;
		copy_part(l, &t, c, 0);
	}
	l->word = text_end(&t);
	l->token = T_WORD;
	if (l->word[0] && l->word[strspn(l->word, "0123456789")] == '\0' &&
	    (c == '<' || c == '>'))
		l->token = T_NUMBER;
}

static const struct {
	const char *text;
	enum token token;
} operators[] = {
	{ "&&", T_AND_IF },     { "||", T_OR_IF },    { ";;", T_DSEMI },
	{ "<<-", T_DLESSDASH }, { "<<", T_DLESS },    { ">>", T_DGREAT },
	{ "<&", T_LESSAMP },    { ">&", T_GREATAMP }, { "<>", T_LESSGREAT },
	{ ">|", T_CLOBBER },    { "|", T_PIPE },      { "&", T_AMP },
	{ ";", T_SEMI },        { "(", T_LPAREN },    { ")", T_RPAREN },
	{ "<", T_LESS },        { ">", T_GREAT },     { "\n", T_NEWLINE },
};

/* Skips white space, comments and joined lines before a token. */
static void skip_blanks(struct lexer *l)
{
	for (;;) {
		const char *s = l->input.s + l->at;

		if (*s == ' ' || *s == '\t') {
			l->at++;
		} else if (s[0] == '\\' && s[1] == '\n') {
			skip_joints(l);
		} else if (*s == '#') {
			l->at += strcspn(s, "\n");
		} else {
			return;
		}
	}
}

/*
 * Returns how many characters of the input the operator takes, or 0 if it is
 * not there. Joined lines may separate its characters.
 */
static size_t operator_length(const struct lexer *l, const char *operator)
{
	const char *s = l->input.s + l->at;
	size_t n = 0;

	for (; *operator; operator++, n++) {
		while (n > 0 && s[n] == '\\' && s[n + 1] == '\n')
			n += 2;
		if (s[n] != *operator)
			return 0;
	}
	return n;
}

/*
 * Reads the next token. Behind a newline it reads the texts of the
 * here-documents that the line announced.
 */
void next_token(struct lexer *l)
{
	skip_blanks(l);
	l->word = NULL;
	l->token_start = l->at;
	l->token = T_END;
	if (!look(l))
		return;
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		size_t n = operator_length(l, operators[i].text);

		if (n > 0) {
			l->at += n;
			l->token = operators[i].token;
			if (l->token == T_NEWLINE) {
				l->line++;
				read_pending_here(l);
			}
			return;
		}
	}
	read_word(l);
}

/* Returns a here-document's delimiter without its quotes. */
static char *remove_quotes(const char *s)
{
	struct text t = { 0 };
	char quote = 0;

	for (; *s; s++) {
		if (*s == '\\' && quote != '\'' && s[1])
			text_put(&t, *++s);
		else if (*s == quote)
			quote = 0;
		else if (!quote && (*s == '\'' || *s == '"'))
			quote = *s;
		else
			text_put(&t, *s);
	}
	return text_end(&t);
}

/*
 * Reads one line of a here-document. If backslashes are special, one at its end
 * joins it with the next.
 */
static char *read_here_line(struct lexer *l, const struct redirect *r)
{
	struct text t = { 0 };
	size_t n, slashes;

	while (r->strip && look(l) == '\t')
		l->at++;
	do {
		const char *line = l->input.s + l->at;

		n = strcspn(line, "\n");
		for (slashes = 0; slashes < n && line[n - 1 - slashes] == '\\';)
			slashes++;
		slashes *= !r->quoted && line[n];
		text_putn(&t, line, n - slashes % 2);
		l->at += n + (line[n] == '\n');
		l->line++;
	} while (slashes % 2 && (look(l) || lex_more(l)));
	return text_end(&t);
}

/*
 * Reads the text of a here-document up to its delimiter, or up to the end of
 * the input.
 */
static void read_here(struct lexer *l, struct redirect *r)
{
	char *delimiter = remove_quotes(r->target);
	struct text t = { 0 };

	while (look(l) || lex_more(l)) {
		char *line = read_here_line(l, r);

		if (strcmp(line, delimiter) == 0)
			break;
		text_puts(&t, line);
		text_put(&t, '\n');
	}
	r->target = text_end(&t);
}

/* Reads the texts of all here-documents that the line announced, in order. */
void read_pending_here(struct lexer *l)
{
	while (l->pending) {
		struct redirect *r = l->pending;

		l->pending = r->next_pending;
		read_here(l, r);
	}
}
