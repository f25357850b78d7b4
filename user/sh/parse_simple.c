/*
 * The parser's simple commands: assignments, words and redirections. A
 * function's definition begins as one, too.
 */
#include "parse.h"
#include <stdlib.h>
#include <string.h>

/* Returns 1 if a redirection begins at the current token. */
int is_redirect(const struct lexer *l)
{
	return l->token == T_NUMBER ||
	       (l->token >= T_LESS && l->token <= T_CLOBBER);
}

/* Returns the kind of a redirection by its operator. */
static enum redirect_kind redirect_kind(enum token token)
{
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

/* Returns the descriptor of an operator without a number. */
static int default_fd(enum token token)
{
	switch (token) {
	case T_LESS:
	case T_LESSAMP:
	case T_LESSGREAT:
	case T_DLESS:
	case T_DLESSDASH: return 0;
	default: return 1;
	}
}

/* Queues a here-document. Its text begins after the next newline. */
static void announce_here(struct lexer *l, struct redirect *r)
{
	struct redirect **p = &l->pending;

	r->quoted = strcspn(r->target, "'\"\\") < strlen(r->target);
	while (*p)
		p = &(*p)->next_pending;
	*p = r;
}

/* Parses [n]<word, or another operator, and appends it to a list. */
void parse_redirect(struct lexer *l, struct redirect ***tail)
{
	struct redirect *r = arena_alloc(sizeof(*r));
	int fd = -1;

	if (l->token == T_NUMBER) {
		fd = atoi(l->word);
		next_token(l);
	}
	r->kind = redirect_kind(l->token);
	r->fd = fd >= 0 ? fd : default_fd(l->token);
	r->strip = l->token == T_DLESSDASH;
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

/* Parses name() command; the ( was already read. */
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
 * Parses assignments, words and redirections, in any order, or a function's
 * definition.
 */
struct node *parse_simple(struct lexer *l)
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
