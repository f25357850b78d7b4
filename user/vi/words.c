/* Moves a place in the text: by characters, words, brackets and paragraphs. */
#include "vi.h"
#include <ctype.h>
#include <string.h>

enum { BLANK, PUNCTUATION, LETTER };

int char_at(struct place p)
{
	return p.col < lines[p.row].n ? (unsigned char)lines[p.row].s[p.col]
				      : '\n';
}

/*
 * Moves a place by one character. The end of a line counts as one. Returns 0 at
 * the end of the text.
 */
int step(struct place *p, int by)
{
	if (by > 0 && p->col < lines[p->row].n) {
		p->col++;
	} else if (by > 0) {
		if (p->row == nr_lines - 1)
			return 0;
		*p = (struct place){ p->row + 1, 0 };
	} else if (p->col > 0) {
		p->col--;
	} else {
		if (p->row == 0)
			return 0;
		*p = (struct place){ p->row - 1, lines[p->row - 1].n };
	}
	return 1;
}

static int class(struct place p, int big)
{
	int c = char_at(p);

	if (isspace(c))
		return BLANK;
	return big || isalnum(c) || c == '_' || c > 127 ? LETTER : PUNCTUATION;
}

static int on_empty_line(struct place p)
{
	return lines[p.row].n == 0;
}

void word_forward(struct place *p, int big)
{
	int start_row = p->row, kind = class(*p, big);

	while (kind != BLANK && class(*p, big) == kind && step(p, 1))
		;
	while (class(*p, big) == BLANK &&
	       !(p->row != start_row && on_empty_line(*p)))
		if (!step(p, 1))
			return;
}

void word_end(struct place *p, int big)
{
	struct place next;
	int kind;

	if (!step(p, 1))
		return;
	while (class(*p, big) == BLANK)
		if (!step(p, 1))
			return;
	kind = class(*p, big);
	for (next = *p; step(&next, 1) && class(next, big) == kind;)
		*p = next;
}

void word_back(struct place *p, int big)
{
	struct place next;
	int kind;

	if (!step(p, -1))
		return;
	while (class(*p, big) == BLANK && !on_empty_line(*p))
		if (!step(p, -1))
			return;
	kind = class(*p, big);
	for (next = *p;
	     kind != BLANK && step(&next, -1) && class(next, big) == kind;)
		*p = next;
}

/*
 * Moves from the first bracket at or behind the place in its line to the
 * matching one.
 */
int match_bracket(struct place *p)
{
	static const char brackets[] = "([{)]}";
	const char *here = NULL;
	int depth = 0, by, other;

	for (; p->col < lines[p->row].n; p->col++)
		if (char_at(*p) && (here = strchr(brackets, char_at(*p))))
			break;
	if (!here)
		return 0;
	by = here < brackets + 3 ? 1 : -1;
	other = here[3 * by];
	do {
		int c = char_at(*p);

		depth += (c == *here) - (c == other);
		if (depth == 0)
			return 1;
	} while (step(p, by));
	return 0;
}

/* Moves to the next empty line, or the end of the text. */
void paragraph(struct place *p, int by)
{
	int row = p->row;

	while (row > 0 && row < nr_lines - 1 && lines[row].n == 0)
		row += by;
	if (row == 0 && by > 0)
		row = 1;
	while (row > 0 && row < nr_lines - 1 && lines[row].n != 0)
		row += by;
	row = row_in_text(row);
	*p = (struct place){ row,
			     by > 0 && row == nr_lines - 1 ? lines[row].n : 0 };
}

/* Returns 1 if a sentence ended before a blank or the end of a line. */
static int behind_sentence(struct place p)
{
	while (step(&p, -1) && strchr(")]\"'", char_at(p)))
		;
	return strchr(".!?", char_at(p)) != NULL;
}

/*
 * Returns 1 if a sentence starts here. It starts at the first text of a
 * paragraph and at an empty line behind one. It also starts where the last one
 * ended with the line or with two blanks.
 */
static int starts_sentence(struct place p)
{
	struct place blank = p;
	int blanks = 0, c;

	if (on_empty_line(p))
		return p.row == 0 || lines[p.row - 1].n > 0;
	if (class(p, 1) == BLANK)
		return 0;
	while (step(&blank, -1)) {
		c = char_at(blank);
		if (!isspace(c)) {
			step(&blank, 1);
			return blanks && (blanks > 1 || char_at(blank) == '\n')
			       && behind_sentence(blank);
		}
		if (on_empty_line(blank))
			return 1;
		blanks++;
	}
	return 1;
}

void sentence(struct place *p, int by)
{
	while (step(p, by) && !starts_sentence(*p))
		;
	if (p->col > 0 && p->col >= lines[p->row].n)
		p->col = lines[p->row].n - (for_operator == 0);
}

/* Moves to the next line that begins with a brace, or the end of the text. */
void section(struct place *p, int by)
{
	do
		p->row += by;
	while (p->row > 0 && p->row < nr_lines - 1 && *lines[p->row].s != '{');
	p->row = row_in_text(p->row);
	p->col = 0;
}
