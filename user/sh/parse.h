/*
 * Shared by the three files of the parser: parse.c, parse_simple.c,
 * parse_compound.c.
 */
#ifndef PARSE_H
#define PARSE_H
#include "sh.h"

void syntax_error(struct lexer *l);
struct node *new_node(enum node_kind kind, struct node *left,
		      struct node *right);
int is_word(const struct lexer *l, const char *text);
void skip_newlines(struct lexer *l);
void expect(struct lexer *l, const char *text);
void add_word(struct word ***tail, char *text);
struct node *parse_list(struct lexer *l, int stop_at_newline);
struct node *parse_command(struct lexer *l);

/* parse_simple.c */
int is_redirect(const struct lexer *l);
void parse_redirect(struct lexer *l, struct redirect ***tail);
struct node *parse_simple(struct lexer *l);

/* parse_compound.c */
struct node *parse_compound(struct lexer *l);

#endif
