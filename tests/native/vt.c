/*
 * What is written to a console. Rows, columns and counts must lie on the
 * screen whatever was written.
 * Sources: kernel/chr_drv/vt.c kernel/chr_drv/vt_attributes.c
 */
#include <cowix/kernel.h>
#include <kernel/chr_drv/console.h>
#include "native.h"

/* The screen alone. A row is an array of its own, so that its ends are seen. */
static u16 *rows[ROWS];

u16 *console_row(struct console *c, int row)
{
	(void)c;
	must(row >= 0 && row < ROWS);
	return rows[row];
}

void console_fill(struct console *c, int row, int column, int n)
{
	must(column >= 0 && n >= 0 && column + n <= COLUMNS);
	for (int i = column; i < column + n; i++)
		console_row(c, row)[i] = ' ';
}

void console_scroll(struct console *c, int first, int last, int n)
{
	must(first >= 0 && first <= last && last < ROWS && n != 0);
	for (int row = first; row <= last; row++)
		console_fill(c, row, 0, COLUMNS);
}

void console_bell(void)
{
}

void tty_input(struct tty *tty, u8 ch)
{
	(void)tty;
	must(ch == '\033' || (ch >= ' ' && ch < 0x7F));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct console *c = kzalloc(sizeof(*c));

	for (u32 i = 0; i < ROWS; i++)
		rows[i] = kzalloc(COLUMNS * sizeof(u16));
	vt_reset(c);
	for (size_t i = 0; i < size; i++) {
		vt_write(c, data[i]);
		must(c->cursor.row >= 0 && c->cursor.row < ROWS);
		must(c->cursor.column >= 0 && c->cursor.column < COLUMNS);
		must(c->top >= 0 && c->top < c->bottom && c->bottom < ROWS);
	}
	for (u32 i = 0; i < ROWS; i++)
		kfree(rows[i]);
	kfree(c);
	return 0;
}
