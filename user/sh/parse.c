/*
 * From tokens to a tree, by recursive descent along POSIX's shell grammar. A
 * syntax error is said once and unwinds through l->failed.
 */
#include "sh.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct node *parse_list(struct lexer *l, int stop_at_newline);
static struct node *parse_and_or(struct lexer *l);
static struct node *parse_command(struct lexer *l);

static void syntax_error(struct lexer *l)
{
	if (!(l->failed & 1))
		complain("line %d: syntax error: %s%s%s", l->line,
			 l->failed ? "unterminated " : "unexpected ",
			 l->word ? l->word : "",
			 l->word                 ? ""
			 : l->failed             ? "quote"
			 : l->token == T_END     ? "end"
			 : l->token == T_NEWLINE ? "end of line"
						 : "operator");
	l->failed |= 1;
}

/* A node in the arena. */
static struct node *new_node(enum node_kind kind, struct node *left,
			     struct node *right)
{
	struct node *n = arena_alloc(sizeof(*n));

	n->kind = kind;
	n->left = left;
	n->right = right;
	return n;
}

static int is_word(const struct lexer *l, const char *text)
{
	return l->token == T_WORD && strcmp(l->word, text) == 0;
}

/*
 * Skip newlines where the grammar allows them, asking for more input if it ends
 * there.
 */
static void skip_newlines(struct lexer *l)
{
	while (!l->failed &&
	       (l->token == T_NEWLINE || (l->token == T_END && lex_more(l))))
		next_token(l);
}

static void expect(struct lexer *l, const char *text)
{
	skip_newlines(l);
	if (!is_word(l, text))
		syntax_error(l);
	else
		next_token(l);
}

static int is_redirect(const struct lexer *l)
{
	return l->token == T_NUMBER ||
	       (l->token >= T_LESS && l->token <= T_CLOBBER);
}

/*
 * The kind of a redirection and the descriptor it is about if none is written.
 */
static enum redirect_kind redirect_kind(enum token token, int *fd)
{
	*fd = token == T_LESS || token == T_LESSAMP || token == T_LESSGREAT ||
			      token == T_DLESS || token == T_DLESSDASH
		      ? 0
		      : 1;
	switch (token) {
	case T_LESS: return R_IN;
	case T_LESSGREAT: return R_RDWR;
	case T_GREAT: return R_OUT;
	case T_CLOBBER: return R_CLOBBER;
	case T_DGREAT: return R_APPEND;
	case T_DLESS:
	case T_DLESSDASH: return R_HERE;
	default: return R_DUP;
	}
}

/* Queue a here-document; its text comes behind the next newline. */
static void announce_here(struct lexer *l, struct redirect *r)
{
	struct redirect **p = &l->pending;

	r->quoted = strcspn(r->target, "'\"\\") < strlen(r->target);
	while (*p)
		p = &(*p)->next_pending;
	*p = r;
}

/* [n]<word and its relatives. */
static void parse_redirect(struct lexer *l, struct redirect ***tail)
{
	struct redirect *r = arena_alloc(sizeof(*r));
	int fd = -1;

	if (l->token == T_NUMBER) {
		fd = atoi(l->word);
		next_token(l);
	}
	r->kind = redirect_kind(l->token, &r->fd);
	r->strip = l->token == T_DLESSDASH;
	if (fd >= 0)
		r->fd = fd;
	next_token(l);
	if (l->token != T_WORD && l->token != T_NUMBER) {
		syntax_error(l);
		return;
	}
	r->target = l->word;
	if (r->kind == R_HERE)
		announce_here(l, r);
	**tail = r;
	*tail = &r->next;
	next_token(l);
}

static void add_word(struct word ***tail, char *text)
{
	struct word *w = arena_alloc(sizeof(*w));

	w->text = text;
	**tail = w;
	*tail = &w->next;
}

/* name() command; the ( was seen. */
static struct node *parse_function(struct lexer *l, char *name)
{
	struct node *n = new_node(N_FUNCTION, NULL, NULL);

	n->name = name;
	next_token(l);
	if (l->token != T_RPAREN)
		syntax_error(l);
	next_token(l);
	skip_newlines(l);
	n->left = parse_command(l);
	return n;
}

/*
 * Assignments, words and redirections, in any order; or a function's
 * definition.
 */
static struct node *parse_simple(struct lexer *l)
{
	struct node *n = new_node(N_SIMPLE, NULL, NULL);
	struct word **words = &n->words, **assignments = &n->assignments;
	struct redirect **redirects = &n->redirects;
	int any = 0;

	for (; !l->failed; any = 1) {
		while (any && !n->words && expand_alias(l))
			;
		if (is_redirect(l)) {
			parse_redirect(l, &redirects);
		} else if (l->token == T_WORD &&
			   (any || !is_reserved(l->word) ||
			    strcmp(l->word, "in") == 0)) {
			char *word = l->word;

			next_token(l);
			if (l->alias_next &&
			    l->input.length - l->token_start <= l->alias_next) {
				l->alias_next = 0;
				expand_alias(l);
			}
			if (l->token == T_LPAREN && !any && is_name(word) &&
			    !is_reserved(word))
				return parse_function(l, word);
			if (!n->words && is_assignment(word))
				add_word(&assignments, word);
			else
				add_word(&words, word);
		} else {
			break;
		}
	}
	if (!any)
		syntax_error(l);
	return n;
}

/* if list then list [elif ...] [else list] fi */
static struct node *parse_if(struct lexer *l)
{
	struct node *n = new_node(N_IF, NULL, NULL);

	next_token(l);
	n->left = parse_list(l, 0);
	expect(l, "then");
	n->right = parse_list(l, 0);
	skip_newlines(l);
	if (is_word(l, "elif")) {
		n->other = parse_if(l);
		return n;
	}
	if (is_word(l, "else")) {
		next_token(l);
		n->other = parse_list(l, 0);
	}
	expect(l, "fi");
	return n;
}

/* while or until list do list done */
static struct node *parse_while(struct lexer *l, enum node_kind kind)
{
	struct node *n = new_node(kind, NULL, NULL);

	next_token(l);
	n->left = parse_list(l, 0);
	expect(l, "do");
	n->right = parse_list(l, 0);
	expect(l, "done");
	return n;
}

/* for name [in word...] do list done */
static struct node *parse_for(struct lexer *l)
{
	struct node *n = new_node(N_FOR, NULL, NULL);
	struct word **words = &n->words;

	next_token(l);
	if (l->token != T_WORD || !is_name(l->word))
		syntax_error(l);
	n->name = l->word;
	next_token(l);
	skip_newlines(l);
	if (is_word(l, "in")) {
		n->in_list = 1;
		for (next_token(l); l->token == T_WORD; next_token(l))
			add_word(&words, l->word);
	}
	if (l->token == T_SEMI || l->token == T_NEWLINE)
		next_token(l);
	else if (n->in_list)
		syntax_error(l);
	expect(l, "do");
	n->right = parse_list(l, 0);
	expect(l, "done");
	return n;
}

/* [(] pattern [| pattern]... ) [list] ;; */
static struct case_item *parse_case_item(struct lexer *l)
{
	struct case_item *item = arena_alloc(sizeof(*item));
	struct word **patterns = &item->patterns;

	if (l->token == T_LPAREN)
		next_token(l);
	for (;; next_token(l)) {
		if (l->token != T_WORD) {
			syntax_error(l);
			break;
		}
		add_word(&patterns, l->word);
		next_token(l);
		if (l->token != T_PIPE)
			break;
	}
	if (l->token != T_RPAREN)
		syntax_error(l);
	next_token(l);
	skip_newlines(l);
	if (l->token != T_DSEMI && !is_word(l, "esac"))
		item->body = parse_list(l, 0);
	skip_newlines(l);
	if (l->token == T_DSEMI)
		next_token(l);
	return item;
}

/* case word in item... esac */
static struct node *parse_case(struct lexer *l)
{
	struct node *n = new_node(N_CASE, NULL, NULL);
	struct word **words = &n->words;
	struct case_item **items = &n->cases;

	next_token(l);
	if (l->token != T_WORD)
		syntax_error(l);
	else
		add_word(&words, l->word);
	next_token(l);
	expect(l, "in");
	for (skip_newlines(l); !l->failed && !is_word(l, "esac");
	     skip_newlines(l)) {
		*items = parse_case_item(l);
		items = &(*items)->next;
	}
	expect(l, "esac");
	return n;
}

/* ( list ) or { list; } */
static struct node *parse_bracketed(struct lexer *l, enum node_kind kind)
{
	struct node *n = new_node(kind, NULL, NULL);

	next_token(l);
	n->left = parse_list(l, 0);
	skip_newlines(l);
	if (kind == N_GROUP) {
		expect(l, "}");
	} else if (l->token == T_RPAREN) {
		next_token(l);
	} else {
		syntax_error(l);
	}
	return n;
}

/* A command that is no simple one, or NULL. */
static struct node *parse_compound_body(struct lexer *l)
{
	if (l->token == T_LPAREN)
		return parse_bracketed(l, N_SUBSHELL);
	if (is_word(l, "{"))
		return parse_bracketed(l, N_GROUP);
	if (is_word(l, "if"))
		return parse_if(l);
	if (is_word(l, "while"))
		return parse_while(l, N_WHILE);
	if (is_word(l, "until"))
		return parse_while(l, N_UNTIL);
	if (is_word(l, "for"))
		return parse_for(l);
	if (is_word(l, "case"))
		return parse_case(l);
	return NULL;
}

/* A compound command with its redirections, or a simple one. */
static struct node *parse_command(struct lexer *l)
{
	struct node *n;
	struct redirect **redirects;

	expand_command_alias(l);
	n = parse_compound_body(l);
	if (!n)
		return parse_simple(l);
	for (redirects = &n->redirects; is_redirect(l) && !l->failed;)
		parse_redirect(l, &redirects);
	return n;
}

/* What was written from start to the token looked at, for the list of jobs. */
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

/* command | command...: it nests to the right. */
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

/* [!] pipe */
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

/* pipeline [&& pipeline | || pipeline]...; both bind to the left. */
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

/* Words that end a list because they belong to the construct around it. */
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
 * Commands separated by ; & and newlines. stop_at_newline: one line of input is
 * enough.
 */
static struct node *parse_list(struct lexer *l, int stop_at_newline)
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
 * Parse a complete command, as many lines as it needs. *error: it was said what
 * is wrong.
 */
struct node *parse_line(struct lexer *l, int *error)
{
	struct node *n = NULL;

	l->failed = 0;
	l->pending = NULL;
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
 * What stands between $( and ), in the midst of a word: the lexer is left
 * behind the bracket.
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
