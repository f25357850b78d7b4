/* Keys: from the terminal, or once more from the last command (.). */
#include "vi.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios original, raw;
static unsigned char typed[256];
static int typed_at, typed_end;

/* A list of keys: what is being recorded, what . repeats, what is being repeated. */
struct key_list {
	short *keys;
	int n, room;
};
static struct key_list recorded, kept, repeated;
static int repeat_at;

void raw_terminal(void)
{
	if (!original.c_cflag)
		tcgetattr(0, &original);
	raw = original;
	cfmakeraw(&raw);
	tcsetattr(0, TCSADRAIN, &raw);
}

void cooked_terminal(void)
{
	tcsetattr(0, TCSADRAIN, &original);
}

static void add_key(struct key_list *l, int key)
{
	if (l->n == l->room) {
		short *more = realloc(l->keys, (2 * l->room + 32) * sizeof(*more));

		if (!more)
			return;
		l->keys = more;
		l->room = 2 * l->room + 32;
	}
	l->keys[l->n++] = key;
}

void start_recording(void)
{
	recorded.n = 0;
}

void keep_recording(void)
{
	struct key_list old = kept;

	kept = recorded;
	recorded = old;
	recorded.n = 0;
}

void replay(int times)
{
	drop_replay();
	while (times-- > 0)
		for (int i = 0; i < kept.n; i++)
			add_key(&repeated, kept.keys[i]);
}

void drop_replay(void)
{
	repeated.n = repeat_at = 0;
}

/* Wait for bytes; 0 if a signal came instead or, with a limit, nothing in a tenth of a second. */
static int fill(int limit)
{
	ssize_t n;

	if (limit) {
		raw.c_cc[VMIN] = 0;
		raw.c_cc[VTIME] = 1;
		tcsetattr(0, TCSANOW, &raw);
	}
	n = read(0, typed, sizeof(typed));
	if (limit) {
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		tcsetattr(0, TCSANOW, &raw);
	}
	if ((n == 0 && !limit) || (n < 0 && errno != EINTR))
		hung_up = 1;
	typed_at = 0;
	typed_end = n > 0 ? n : 0;
	return n > 0;
}

static int next_byte(void)
{
	while (typed_at == typed_end) {
		if (hung_up)
			save_on_hangup();
		if (resized) {
			resized = 0;
			measure_screen();
		}
		draw_screen();
		fill(0);
	}
	return typed[typed_at++];
}

/* ESC [ number ~ */
static int numbered_key(int number)
{
	static const short keys[] = { 0, KEY_HOME, KEY_INSERT, KEY_DELETE, KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END };

	return number < COUNT(keys) ? keys[number] : 0;
}

/* What begins with ESC: a key of its own, or several bytes that came at once. */
static int escape_sequence(void)
{
	static const char letters[] = "ABDCHF";
	static const short keys[] = { KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END };
	int at, number = 0;
	const char *letter;

	if (typed_at == typed_end && !fill(1))
		return ESCAPE;
	if (typed[typed_at] != '[' && typed[typed_at] != 'O')
		return ESCAPE;
	for (at = typed_at + 1; at < typed_end && typed[at] >= '0' && typed[at] <= '9'; at++)
		number = number * 10 + typed[at] - '0';
	if (at == typed_end || !typed[at])
		return ESCAPE;
	letter = strchr(letters, typed[at]);
	if (!letter && typed[at] != '~')
		return ESCAPE;
	typed_at = at + 1;
	return letter ? keys[letter - letters] : numbered_key(number);
}

int get_key(void)
{
	int key;

	if (repeat_at < repeated.n) {
		key = repeated.keys[repeat_at++];
	} else {
		key = next_byte();
		if (key == ESCAPE)
			key = escape_sequence();
	}
	if (key == CTRL('C'))
		key = ESCAPE;
	add_key(&recorded, key);
	return key;
}
