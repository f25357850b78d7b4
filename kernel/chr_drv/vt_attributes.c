/*
 * How a console's characters look: ESC [ ... m (ECMA-48, "Select graphic
 * rendition") as Linux's console has it.
 */
#include <cowix/kernel.h>
#include "console.h"

#define WHITE		0x07
#define UNDERLINE	0x03	/* VGA cannot underline in colour: cyan */
#define ITALIC		0x02	/* green */
#define GREY		0x08	/* dim */
#define BRIGHT		0x08
#define BLINK		0x80

/* ANSI's colours are numbered red, green, blue; VGA's blue, green, red. */
static const u8 vga_colour[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };

/* Returns the VGA attribute for what is written at a cursor. */
u8 vt_attribute(const struct cursor *cursor)
{
	u8 colour = cursor->colour;

	if (cursor->italic)
		colour = (colour & 0xF0) | ITALIC;
	else if (cursor->underline)
		colour = (colour & 0xF0) | UNDERLINE;
	else if (cursor->intensity == DIM)
		colour = (colour & 0xF0) | GREY;
	if (cursor->reverse)
		colour = (colour & 7) << 4 | (colour >> 4 & 7) |
			 (colour & BRIGHT);
	if (cursor->intensity == BOLD)
		colour |= BRIGHT;
	if (cursor->blink)
		colour |= BLINK;
	return colour;
}

void vt_reset_attributes(struct cursor *cursor)
{
	cursor->colour = WHITE;
	cursor->intensity = NORMAL;
	cursor->italic = cursor->underline = false;
	cursor->blink = cursor->reverse = false;
}

static void set_foreground_colour(struct cursor *cursor, u8 colour)
{
	cursor->colour = (cursor->colour & 0xF0) | colour;
}

static void set_background_colour(struct cursor *cursor, u8 colour)
{
	cursor->colour = (cursor->colour & 0x0F) | colour << 4;
}

static void set_bright(struct cursor *cursor, u8 colour)
{
	set_foreground_colour(cursor, colour);
	cursor->intensity = BOLD;
}

/* Sets one attribute. An unknown code changes nothing. */
static void set_attribute(struct cursor *cursor, int code)
{
	if (code == 0)
		vt_reset_attributes(cursor);
	else if (code == 1 || code == 2)
		cursor->intensity = code == 1 ? BOLD : DIM;
	else if (code == 22)
		cursor->intensity = NORMAL;
	else if (code == 3 || code == 23)
		cursor->italic = code == 3;
	else if (code == 4 || code == 21 || code == 24)
		cursor->underline = code != 24;
	else if (code == 5 || code == 25)
		cursor->blink = code == 5;
	else if (code == 7 || code == 27)
		cursor->reverse = code == 7;
	else if (code >= 30 && code <= 37)
		set_foreground_colour(cursor, vga_colour[code - 30]);
	else if (code == 39)
		set_foreground_colour(cursor, WHITE);
	else if (code >= 40 && code <= 47)
		set_background_colour(cursor, vga_colour[code - 40]);
	else if (code == 49)
		set_background_colour(cursor, 0);
	else if (code >= 90 && code <= 97)
		set_bright(cursor, vga_colour[code - 90]);
	else if (code >= 100 && code <= 107)
		set_background_colour(cursor, vga_colour[code - 100]);
}

/*
 * Sets one of 256 colours, whose number is argument n; without it nothing
 * changes. The first 16 are known: they have codes of their own. code is 38 for
 * the foreground or 48 for the background. A dark foreground is not bold.
 */
static void set_indexed(struct console *c, int code, u32 n)
{
	int first = code == 38 ? 30 : 40, first_bright = first + 60;
	int number = vt_arg(c, n, 0);

	if (n >= c->nr_args || number >= 16)
		return;
	if (code == 38)
		c->cursor.intensity = NORMAL;
	if (number < 8)
		set_attribute(&c->cursor, first + number);
	else
		set_attribute(&c->cursor, first_bright + number - 8);
}

/*
 * Obeys an argument with sub-arguments (ITU-T T.416): 4:3 is a kind of
 * underline, 38:5:9 a colour. 38:2 with red, green and blue is not known.
 */
static void set_grouped(struct console *c, u32 i)
{
	int code = vt_arg(c, i, 0), kind = vt_arg(c, i + 1, 0);

	if (code == 4)
		set_attribute(&c->cursor, kind ? 4 : 24);
	else if ((code == 38 || code == 48) && kind == 5)
		set_indexed(c, code, i + 2);
}

/*
 * Obeys an argument without sub-arguments. Returns how many arguments it takes:
 * 38 and 48 are followed by 5 and a number, or by 2 and red, green and blue.
 */
static u32 set_plain(struct console *c, u32 i)
{
	int code = vt_arg(c, i, 0), kind = vt_arg(c, i + 1, 0);

	if (code != 38 && code != 48) {
		set_attribute(&c->cursor, code);
		return 1;
	}
	if (kind == 5) {
		set_indexed(c, code, i + 2);
		return 3;
	}
	return kind == 2 ? 5 : 2;
}

/* Obeys ESC [ ... m. */
void vt_set_attributes(struct console *c)
{
	u32 i = 0, n;

	do {
		n = 1;
		while (i + n < c->nr_args && c->sub & 1u << (i + n))
			n++;
		if (n > 1)
			set_grouped(c, i);
		else
			n = set_plain(c, i);
		i += n;
	} while (i < c->nr_args);
}
