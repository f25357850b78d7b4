/* The parser's compound commands: if, while, until, for, case, ( ) and { }. */
#include "parse.h"

/* Parses if list then list [elif ...] [else list] fi. */
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

/* Parses while or until list do list done. */
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

/* Parses for name [in word...] do list done. */
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

/* Parses [(] pattern [| pattern]... ) [list] ;;. */
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

/* Parses case word in item... esac. */
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

/* Parses ( list ) or { list; }. */
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

/* Parses a compound command. Returns NULL if none begins here. */
struct node *parse_compound(struct lexer *l)
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
