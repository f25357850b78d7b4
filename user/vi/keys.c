/* Reads keys from the terminal, or again those of the last command (.). */
#include "vi.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios original, raw;
static unsigned char typed[256];
static int typed_at, typed_end;

/*
 * Lists of keys: what is being recorded, what . repeats, what is being
 * repeated.
 */
struct key_list {
	short *keys;
	int n, room;
};
static struct key_list recorded, kept, repeated;
static int repeat_at;
static int recorded_count, kept_count;	/* 0: none was given */

#define PUSHED_MAX 20000	/* registers run between two typed keys */
static int pushed;

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
		short *more =
			realloc(l->keys, (2 * l->room + 32) * sizeof(*more));

		if (!more)
			return;
		l->keys = more;
		l->room = 2 * l->room + 32;
	}
	l->keys[l->n++] = key;
}

void start_recording(void)
{
	recorded.n = recorded_count = 0;
}

void unrecord_key(void)
{
	if (recorded.n > 0)
		recorded.n--;
}

void record_count(int count)
{
	recorded_count = count;
}

void keep_recording(void)
{
	struct key_list old = kept;

	kept = recorded;
	kept_count = recorded_count;
	recorded = old;
	recorded.n = 0;
}

/* Pushes keys before those that are still to be read. */
static void push_list(const struct key_list *l)
{
	struct key_list rest = { 0 };

	for (int i = repeat_at; i < repeated.n; i++)
		add_key(&rest, repeated.keys[i]);
	drop_replay();
	for (int i = 0; i < l->n; i++)
		add_key(&repeated, l->keys[i]);
	for (int i = 0; i < rest.n; i++)
		add_key(&repeated, rest.keys[i]);
	free(rest.keys);
}

void push_keys(const char *s, int n)
{
	struct key_list l = { 0 };

	if (++pushed > PUSHED_MAX)
		fail("The register runs itself for ever");
	for (int i = 0; i < n; i++)
		add_key(&l, (unsigned char)s[i]);
	push_list(&l);
	free(l.keys);
}

/*
 * Repeats the last command. A numbered register counts up: "1pu.u. looks for
 * the deleted text.
 */
void replay(int count)
{
	struct key_list l = { 0 };
	char digits[12] = "";

	if (count)
		kept_count = count;
	if (kept.n > 2 && kept.keys[0] == '"' && kept.keys[1] >= '1' &&
	    kept.keys[1] < '9')
		kept.keys[1]++;
	if (kept_count)
		snprintf(digits, sizeof(digits), "%d", kept_count);
	for (char *s = digits; *s; s++)
		add_key(&l, *s);
	for (int i = 0; i < kept.n; i++)
		add_key(&l, kept.keys[i]);
	push_list(&l);
	free(l.keys);
}

void drop_replay(void)
{
	repeated.n = repeat_at = 0;
}

/*
 * Waits for bytes. Returns 0 if a signal came or, with a limit, after a tenth
 * of a second without a byte.
 */
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
	pushed = 0;
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

/* Reads ESC [ number ~. */
static int numbered_key(int number)
{
	static const short keys[] = {
		0,           KEY_HOME,      KEY_INSERT, KEY_DELETE, KEY_END,
		KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME,   KEY_END
	};

	return number < COUNT(keys) ? keys[number] : 0;
}

/*
 * Reads what begins with ESC: the key itself, or several bytes that came at
 * once.
 */
static int escape_sequence(void)
{
	static const char letters[] = "ABDCHF";
	static const short keys[] = { KEY_UP,    KEY_DOWN, KEY_LEFT,
				      KEY_RIGHT, KEY_HOME, KEY_END };
	int at, number = 0;
	const char *letter;

	if (typed_at == typed_end && !fill(1))
		return ESCAPE;
	if (typed[typed_at] != '[' && typed[typed_at] != 'O')
		return ESCAPE;
	for (at = typed_at + 1;
	     at < typed_end && typed[at] >= '0' && typed[at] <= '9'; at++)
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
