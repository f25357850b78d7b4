/* From tokens to a tree, by recursive descent along POSIX's shell grammar. A syntax error is said once and unwinds through `failed`. */
#include "sh.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int failed;
static struct redirect *pending_here;	/* the here-document whose text begins after the next newline */

static struct node *parse_list(struct lexer *l, int stop_at_newline);
static struct node *parse_and_or(struct lexer *l);

static void syntax_error(struct lexer *l)
{
	if (!failed)
		fprintf(stderr, "sh: line %d: syntax error near %s\n", l->line, l->word ? l->word :
			l->token == T_END ? "the end" : l->token == T_NEWLINE ? "the end of the line" : "an operator");
	failed = 1;
}

static struct node *new_node(enum node_kind kind, struct node *left, struct node *right)
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

/* Collect the text of a here-document up to its delimiter. */
static void read_here(struct lexer *l, struct redirect *r)
{
	char *delimiter = expand_string(r->target);
	struct text t = { 0 };

	text_puts(&t, "");
	for (;;) {
		size_t n;

		if (!*l->at) {
			char *line = l->more ? l->more(l->context) : NULL;

			if (!line)
				break;
			l->at = line;
		}
		n = strcspn(l->at, "\n");
		if (n == strlen(delimiter) && strncmp(l->at, delimiter, n) == 0) {
			l->at += n + (l->at[n] == '\n');
			break;
		}
		for (size_t i = 0; i < n; i++)
			text_put(&t, l->at[i]);
		text_put(&t, '\n');
		l->at += n + (l->at[n] == '\n');
	}
	r->target = t.s ? t.s : "";
}

/* Called at the end of a line: now comes the text of the here-document that it announced. */
static void finish_here(struct lexer *l)
{
	if (pending_here) {
		read_here(l, pending_here);
		pending_here = NULL;
	}
}

static void advance(struct lexer *l)
{
	if (l->token == T_NEWLINE)
		finish_here(l);
	next_token(l);
}

/* Skip newlines where the grammar allows them, asking for more input if it ends there. */
static void skip_newlines(struct lexer *l)
{
	for (;;) {
		if (l->token == T_NEWLINE) {
			advance(l);
		} else if (l->token == T_END && l->more && !failed) {
			char *line = l->more(l->context);

			if (!line)
				return;
			l->at = line;
			next_token(l);
		} else {
			return;
		}
	}
}

static void expect(struct lexer *l, const char *text)
{
	skip_newlines(l);
	if (!is_word(l, text))
		syntax_error(l);
	else
		advance(l);
}

static int is_redirect(const struct lexer *l)
{
	return l->token == T_NUMBER || (l->token >= T_LESS && l->token <= T_CLOBBER);
}

static void parse_redirect(struct lexer *l, struct redirect ***tail)
{
	struct redirect *r = arena_alloc(sizeof(*r));
	int fd = -1;

	if (l->token == T_NUMBER) {
		fd = l->word[0] - '0';
		next_token(l);
	}
	switch (l->token) {
	case T_LESS: r->kind = R_IN; break;
	case T_LESSGREAT: r->kind = R_RDWR; break;
	case T_GREAT:
	case T_CLOBBER: r->kind = R_OUT; break;
	case T_DGREAT: r->kind = R_APPEND; break;
	case T_DLESS: r->kind = R_HERE; break;
	default: r->kind = R_DUP;
	}
	r->fd = fd >= 0 ? fd : l->token == T_LESS || l->token == T_LESSAMP || l->token == T_LESSGREAT || l->token == T_DLESS ? 0 : 1;
	next_token(l);
	if (l->token != T_WORD) {
		syntax_error(l);
		return;
	}
	r->target = l->word;
	if (r->kind == R_HERE) {
		r->quoted = strcspn(l->word, "'\"\\") < strlen(l->word);
		pending_here = r;
	}
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

static int is_name(const char *s)
{
	if (!isalpha(*s) && *s != '_')
		return 0;
	while (isalnum(*s) || *s == '_')
		s++;
	return !*s;
}

static struct node *parse_compound_body(struct lexer *l);

static struct node *parse_function(struct lexer *l, char *name)
{
	struct node *n = new_node(N_FUNCTION, NULL, NULL);

	n->name = name;
	next_token(l);
	if (l->token != T_RPAREN)
		syntax_error(l);
	advance(l);
	skip_newlines(l);
	n->left = parse_compound_body(l);
	if (!n->left)
		syntax_error(l);
	return n;
}

static struct node *parse_simple(struct lexer *l)
{
	struct node *n = new_node(N_SIMPLE, NULL, NULL);
	struct word **words = &n->words, **assignments = &n->assignments;
	struct redirect **redirects = &n->redirects;
	int any = 0;

	for (; !failed; any = 1) {
		if (is_redirect(l)) {
			parse_redirect(l, &redirects);
		} else if (l->token == T_WORD) {
			char *word = l->word;

			next_token(l);
			if (l->token == T_LPAREN && !any && is_name(word))
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

static struct node *parse_if(struct lexer *l)
{
	struct node *n = new_node(N_IF, NULL, NULL);

	advance(l);
	n->left = parse_list(l, 0);
	expect(l, "then");
	n->right = parse_list(l, 0);
	skip_newlines(l);
	if (is_word(l, "elif")) {
		n->other = parse_if(l);
		return n;
	}
	if (is_word(l, "else")) {
		advance(l);
		n->other = parse_list(l, 0);
	}
	expect(l, "fi");
	return n;
}

static struct node *parse_while(struct lexer *l, enum node_kind kind)
{
	struct node *n = new_node(kind, NULL, NULL);

	advance(l);
	n->left = parse_list(l, 0);
	expect(l, "do");
	n->right = parse_list(l, 0);
	expect(l, "done");
	return n;
}

static struct node *parse_for(struct lexer *l)
{
	struct node *n = new_node(N_FOR, NULL, NULL);
	struct word **words = &n->words;

	next_token(l);
	if (l->token != T_WORD || !is_name(l->word))
		syntax_error(l);
	n->name = l->word;
	advance(l);
	skip_newlines(l);
	if (is_word(l, "in")) {
		n->in_list = 1;
		for (next_token(l); l->token == T_WORD; next_token(l))
			add_word(&words, l->word);
	}
	if (l->token == T_SEMI || l->token == T_NEWLINE)
		advance(l);
	expect(l, "do");
	n->right = parse_list(l, 0);
	expect(l, "done");
	return n;
}

static struct case_item *parse_case_item(struct lexer *l)
{
	struct case_item *item = arena_alloc(sizeof(*item));
	struct word **patterns = &item->patterns;

	if (l->token == T_LPAREN)
		next_token(l);
	while (l->token == T_WORD) {
		add_word(&patterns, l->word);
		next_token(l);
		if (l->token != T_PIPE)
			break;
		next_token(l);
	}
	if (l->token != T_RPAREN || !item->patterns)
		syntax_error(l);
	advance(l);
	skip_newlines(l);
	if (l->token != T_DSEMI && !is_word(l, "esac"))
		item->body = parse_list(l, 0);
	skip_newlines(l);
	if (l->token == T_DSEMI)
		advance(l);
	return item;
}

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
	for (skip_newlines(l); !failed && !is_word(l, "esac"); skip_newlines(l)) {
		*items = parse_case_item(l);
		items = &(*items)->next;
	}
	expect(l, "esac");
	return n;
}

static struct node *parse_bracketed(struct lexer *l, enum node_kind kind)
{
	struct node *n = new_node(kind, NULL, NULL);

	advance(l);
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

static struct node *parse_command(struct lexer *l)
{
	struct node *n = parse_compound_body(l);
	struct redirect **redirects;

	if (!n)
		return parse_simple(l);
	for (redirects = &n->redirects; is_redirect(l) && !failed;)
		parse_redirect(l, &redirects);
	return n;
}

static struct node *parse_pipeline(struct lexer *l)
{
	struct node *n;
	int negate = 0;

	while (is_word(l, "!")) {
		negate = !negate;
		next_token(l);
	}
	n = parse_command(l);
	if (l->token == T_PIPE && !failed) {
		advance(l);
		skip_newlines(l);
		n = new_node(N_PIPE, n, parse_pipeline(l));
	}
	return negate ? new_node(N_NOT, n, NULL) : n;
}

static struct node *parse_and_or(struct lexer *l)
{
	struct node *n = parse_pipeline(l);

	while (!failed && (l->token == T_AND_IF || l->token == T_OR_IF)) {
		enum node_kind kind = l->token == T_AND_IF ? N_AND : N_OR;

		advance(l);
		skip_newlines(l);
		n = new_node(kind, n, parse_pipeline(l));
	}
	return n;
}

/* Words that end a list because they belong to the construct around it. */
static int ends_list(const struct lexer *l)
{
	static const char *const words[] = { "then", "else", "elif", "fi", "do", "done", "esac", "}" };

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

/* Commands separated by ; & and newlines. stop_at_newline: one line of input is enough. */
static struct node *parse_list(struct lexer *l, int stop_at_newline)
{
	struct node *list = NULL;

	if (!stop_at_newline)
		skip_newlines(l);
	while (!failed && !ends_list(l)) {
		struct node *n = parse_and_or(l);

		if (l->token == T_AMP)
			n = new_node(N_BACKGROUND, n, NULL);
		list = append(list, n);
		if (l->token == T_SEMI || l->token == T_AMP)
			advance(l);
		else if (l->token != T_NEWLINE)
			break;
		if (stop_at_newline && (l->token == T_NEWLINE || l->token == T_END))
			break;
		if (!stop_at_newline)
			skip_newlines(l);
	}
	if (!list && !stop_at_newline)
		syntax_error(l);
	return list;
}

/* Parse a complete command, as many lines as it needs. *error: it was said what is wrong. */
struct node *parse_line(struct lexer *l, int *error)
{
	struct node *n = NULL;

	failed = 0;
	pending_here = NULL;
	next_token(l);
	while (l->token == T_NEWLINE)
		next_token(l);
	if (l->token != T_END) {
		n = parse_list(l, 1);
		if (l->token == T_NEWLINE)
			finish_here(l);
		else if (l->token != T_END)
			syntax_error(l);
	}
	*error = failed;
	return failed ? NULL : n;
}
