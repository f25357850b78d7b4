/*
 * The characters of the line: how many bytes and columns each takes. They are
 * UTF-8 if the terminal has IUTF8 set, else bytes. A control character is shown
 * as ^ and a letter.
 */
#include "edit.h"

/* Ranges of characters that take no column, or two. */
static const struct {
	unsigned first, last;
	int width;
} odd[] = {
	{ 0x0300, 0x036F, 0 }, { 0x1100, 0x115F, 2 }, { 0x200B, 0x200F, 0 },
	{ 0x20D0, 0x20FF, 0 }, { 0x2E80, 0x303E, 2 }, { 0x3041, 0xA4CF, 2 },
	{ 0xAC00, 0xD7A3, 2 }, { 0xF900, 0xFAFF, 2 }, { 0xFE00, 0xFE0F, 0 },
	{ 0xFE30, 0xFE6F, 2 }, { 0xFF00, 0xFF60, 2 }, { 0xFFE0, 0xFFE6, 2 },
	{ 0x1F300, 0x1F64F, 2 }, { 0x1F900, 0x1F9FF, 2 },
	{ 0x20000, 0x3FFFD, 2 },
};

static int continues(char c)
{
	return (c & 0xC0) == 0x80;
}

/* Returns the character that begins at s. */
static unsigned decode(const char *s)
{
	unsigned char first = *s;
	unsigned c = first;

	if (first >= 0xF0)
		c &= 0x07;
	else if (first >= 0xE0)
		c &= 0x0F;
	else if (first >= 0xC0)
		c &= 0x1F;
	for (s++; first >= 0xC0 && continues(*s); s++)
		c = c << 6 | (*s & 0x3F);
	return c;
}

int char_width(const struct editor *e, const char *s)
{
	unsigned c;

	if ((unsigned char)*s < ' ' || *s == 127)
		return 2;
	if (!e->utf8 || !(*s & 0x80))
		return 1;
	if (continues(*s))
		return 0;
	c = decode(s);
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		if (c >= odd[i].first && c <= odd[i].last)
			return odd[i].width;
	return 1;
}

/*
 * Returns where the character before at begins. What takes no column belongs to
 * the character before it.
 */
size_t char_before(const struct editor *e, size_t at)
{
	while (at > 0 && char_width(e, e->line + --at) == 0)
		;
	return at;
}

size_t char_behind(const struct editor *e, size_t at)
{
	if (at < e->length)
		at++;
	while (at < e->length && char_width(e, e->line + at) == 0)
		at++;
	return at;
}

size_t text_width(const struct editor *e, const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += char_width(e, s);
	return width;
}

/*
 * Returns the cell of a place. A character of two columns does not begin in the
 * last column of a row.
 */
size_t cell_of(const struct editor *e, size_t at)
{
	size_t cell = e->prompt_width;

	for (size_t i = 0; i < at; i++) {
		int width = char_width(e, e->line + i);
		int wide = width == 2 && (e->line[i] & 0x80);

		cell += wide && cell % e->columns == e->columns - 1;
		cell += width;
	}
	return cell;
}

/* Returns 1 if one step to the left brings the cursor to at. */
int goes_back_one(const struct editor *e, size_t at)
{
	size_t here = cell_of(e, e->at);

	return cell_of(e, at) + 1 == here && here % e->columns != 0;
}

/* Writes text for the terminal so that no character acts as a command. */
void put_shown(struct editor *e, const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		int control = (unsigned char)*s < ' ' || *s == 127;

		if (control)
			text_put(&e->out, '^');
		text_put(&e->out, control ? *s ^ 64 : *s);
	}
}
