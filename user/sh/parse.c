/*
 * Makes a tree of tokens by recursive descent along POSIX's shell grammar:
 * lists, pipelines and whole lines. A syntax error is reported once and unwinds
 * through l->failed.
 */
#include "parse.h"
#include <ctype.h>
#include <string.h>

/* Returns the kind of the current token, for an error message. */
static const char *token_kind(const struct lexer *l)
{
	if (l->failed)
		return "quote";
	if (l->token == T_END)
		return "end";
	return l->token == T_NEWLINE ? "end of line" : "operator";
}

/* Prints the first syntax error of a command. It unwinds through l->failed. */
void syntax_error(struct lexer *l)
{
	if (!(l->failed & 1))
		complain("line %d: syntax error: %s%s", l->line,
			 l->failed ? "unterminated " : "unexpected ",
			 l->word ? l->word : token_kind(l));
	l->failed |= 1;
}

/* Returns a new node in the arena. */
struct node *new_node(enum node_kind kind, struct node *left,
			     struct node *right)
{
	struct node *n = arena_alloc(sizeof(*n));

	n->kind = kind;
	n->left = left;
	n->right = right;
	return n;
}

/* Returns 1 if the current token is the word text. */
int is_word(const struct lexer *l, const char *text)
{
	return l->token == T_WORD && strcmp(l->word, text) == 0;
}

/*
 * Skips newlines where the grammar allows them. Asks for more input if it ends
 * there.
 */
void skip_newlines(struct lexer *l)
{
	while (!l->failed &&
	       (l->token == T_NEWLINE || (l->token == T_END && lex_more(l))))
		next_token(l);
}

/* Skips newlines and the word text, which must follow. */
void expect(struct lexer *l, const char *text)
{
	skip_newlines(l);
	if (!is_word(l, text))
		syntax_error(l);
	else
		next_token(l);
}

/* Appends a word to a list whose end is *tail. */
void add_word(struct word ***tail, char *text)
{
	struct word *w = arena_alloc(sizeof(*w));

	w->text = text;
	**tail = w;
	*tail = &w->next;
}

/* Parses a compound command with its redirections, or a simple one. */
struct node *parse_command(struct lexer *l)
{
	struct node *n;
	struct redirect **redirects;

	expand_command_alias(l);
	n = parse_compound(l);
	if (!n)
		return parse_simple(l);
	for (redirects = &n->redirects; is_redirect(l) && !l->failed;)
		parse_redirect(l, &redirects);
	return n;
}

/* Returns the text from start to the current token, for the list of jobs. */
static char *source_text(const struct lexer *l, size_t start)
{
	const char *s = l->input.s + start;
	size_t n = l->token_start - start;
	char *text;

	while (n > 0 && isspace(s[n - 1]))
		n--;
	text = arena_strndup(s, n);
	for (char *c = text; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return text;
}

/* Parses command | command.... It nests to the right. */
static struct node *parse_pipe(struct lexer *l)
{
	struct node *n = parse_command(l);

	if (l->token == T_PIPE && !l->failed) {
		next_token(l);
		skip_newlines(l);
		n = new_node(N_PIPE, n, parse_pipe(l));
	}
	return n;
}

/* Parses [!] pipe. */
static struct node *parse_pipeline(struct lexer *l)
{
	struct node *n;
	size_t start = l->token_start;
	int negate = is_word(l, "!");

	if (negate)
		next_token(l);
	n = parse_pipe(l);
	if (option['m'])
		n->text = source_text(l, start);
	return negate ? new_node(N_NOT, n, NULL) : n;
}

/* Parses pipeline [&& pipeline | || pipeline].... Both bind to the left. */
static struct node *parse_and_or(struct lexer *l)
{
	struct node *n = parse_pipeline(l);

	while (!l->failed && (l->token == T_AND_IF || l->token == T_OR_IF)) {
		enum node_kind kind = l->token == T_AND_IF ? N_AND : N_OR;

		next_token(l);
		skip_newlines(l);
		n = new_node(kind, n, parse_pipeline(l));
	}
	return n;
}

/*
 * Returns 1 at a word that ends a list because it belongs to the construct
 * around it.
 */
static int ends_list(struct lexer *l)
{
	static const char *const words[] = { "then", "else", "elif", "fi",
					     "do",   "done", "esac", "}" };

	expand_command_alias(l);
	if (l->token == T_END || l->token == T_RPAREN || l->token == T_DSEMI)
		return 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(l, words[i]))
			return 1;
	return 0;
}

static struct node *append(struct node *list, struct node *n)
{
	return list ? new_node(N_SEQUENCE, list, n) : n;
}

/*
 * Parses commands separated by ; & and newlines. With stop_at_newline, stops
 * after one line of input.
 */
struct node *parse_list(struct lexer *l, int stop_at_newline)
{
	struct node *list = NULL;

	if (!stop_at_newline)
		skip_newlines(l);
	while (!l->failed && !ends_list(l)) {
		size_t start = l->token_start;
		struct node *n;

		if (l->token == T_NEWLINE) {	/* an alias became nothing */
			if (stop_at_newline)
				break;
			skip_newlines(l);
			continue;
		}
		n = parse_and_or(l);
		if (l->token == T_AMP) {
			n = new_node(N_BACKGROUND, n, NULL);
			n->text = option['m'] ? source_text(l, start) : NULL;
		}
		list = append(list, n);
		if (l->token == T_SEMI || l->token == T_AMP)
			next_token(l);
		else if (l->token != T_NEWLINE)
			break;
		if (stop_at_newline &&
		    (l->token == T_NEWLINE || l->token == T_END))
			break;
		if (!stop_at_newline)
			skip_newlines(l);
	}
	if (!list &&
	    !(stop_at_newline && (l->token == T_NEWLINE || l->token == T_END)))
		syntax_error(l);
	return list;
}

/*
 * Parses a complete command, with as many lines as it needs. Sets *error if it
 * has printed an error.
 */
struct node *parse_line(struct lexer *l, int *error)
{
	struct node *n = NULL;

	l->failed = 0;
	l->pending = NULL;
	l->commands = NULL;
	do {
		next_token(l);
	} while (l->token == T_NEWLINE);
	if (l->token != T_END) {
		n = parse_list(l, 1);
		if ((l->token != T_NEWLINE && l->token != T_END) || l->failed)
			syntax_error(l);
		read_pending_here(l);
	}
	*error = l->failed != 0;
	return l->failed ? NULL : n;
}

/*
 * Parses what stands between $( and ), inside a word. Leaves the lexer behind
 * the bracket.
 */
struct node *parse_substitution(struct lexer *l)
{
	struct redirect *pending = l->pending;
	struct node *n = NULL;

	l->pending = NULL;
	next_token(l);
	skip_newlines(l);
	if (l->token != T_RPAREN)
		n = parse_list(l, 0);
	skip_newlines(l);
	if (l->token != T_RPAREN)
		syntax_error(l);
	l->pending = pending;
	return n;
}
