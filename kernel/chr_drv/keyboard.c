/*
 * The PS/2 keyboard (8042 controller, scan code set 1). Keys become characters
 * and escape sequences, those of Linux's console, for the console in front.
 * Some keys are obeyed here: Alt-F1 to Alt-F4 switch consoles, Shift-PageUp and
 * Shift-PageDown look back, Ctrl-Alt-Del asks init to restart. Alt and SysRq
 * with a letter call a function that was registered (kernel/debug/sysrq.c).
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/sched.h>
#include <asm/io.h>
#include "console.h"

#define KBD_DATA	0x60
#define KBD_STATUS	0x64
#define STATUS_OUTPUT	0x01
#define STATUS_INPUT	0x02
#define STATUS_MOUSE	0x20
#define SET_LEDS	0xED
#define ACKNOWLEDGE	0xFA
#define POLLS		10000	/* of the status, until a command is taken */

#define RELEASE		0x80
#define EXTENDED	0xE0		/* one more code follows */
#define PAUSE		0xE1		/* the Pause key: two more follow */
#define KEY_ENTER	0x1C
#define KEY_CTRL	0x1D
#define KEY_LSHIFT	0x2A
#define KEY_SLASH	0x35
#define KEY_RSHIFT	0x36
#define KEY_ALT		0x38
#define KEY_CAPS	0x3A
#define KEY_F1		0x3B
#define KEY_F4		0x3E
#define KEY_F9		0x43
#define KEY_F10		0x44
#define KEY_NUM		0x45
#define KEY_SCROLL	0x46
#define KEY_HOME	0x47	/* the keypad; with EXTENDED the cursor keys */
#define KEY_PAGE_UP	0x49
#define KEY_MINUS	0x4A
#define KEY_CENTER	0x4C
#define KEY_PLUS	0x4E
#define KEY_PAGE_DOWN	0x51
#define KEY_DELETE	0x53
#define KEY_SYSRQ	0x54	/* Print Screen while Alt is down */
#define KEY_F11		0x57
#define SCANCODES	0x59

/* Characters by scan code; 0: none. The end of each string is the last one. */
static const char plain[SCANCODES] =
	"\0\0331234567890-=\177"
	"\tqwertyuiop[]\r"
	"\0asdfghjkl;'`"
	"\0\\zxcvbnm,./\0"
	"*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"789-456+1230."
	"\0\0<\0";
static const char shifted[SCANCODES] =
	"\0\033!@#$%^&*()_+\177"
	"\tQWERTYUIOP{}\r"
	"\0ASDFGHJKL:\"~"
	"\0|ZXCVBNM<>?\0"
	"*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"789-456+1230."
	"\0\0>\0";

/*
 * What the keys from Home to Delete send: a letter means ESC [ letter, a digit
 * ESC [ digit ~. "-" and "+" stand for keys that are no cursor keys.
 */
static const char cursor_keys[] = "1A5-DGC+4B623";

/* F6 to F12: ESC [ number ~. F1 to F5 send ESC [ [ and a letter. */
static const u8 function_keys[] = { 17, 18, 19, 20, 21, 23, 24 };

/* Modifiers: a bit each, so that one of two shift keys can be released. */
enum {
	LEFT_SHIFT = 1,
	RIGHT_SHIFT = 2,
	LEFT_CTRL = 4,
	RIGHT_CTRL = 8,
	LEFT_ALT = 16,
	RIGHT_ALT = 32
};
#define SHIFT (LEFT_SHIFT | RIGHT_SHIFT)
#define CTRL (LEFT_CTRL | RIGHT_CTRL)
#define ALT (LEFT_ALT | RIGHT_ALT)

/*
 * Locks, as the command for the lights numbers them. Scroll Lock belongs to the
 * console: its output is stopped.
 */
enum { SCROLL_LIGHT = 1, NUM_LOCK = 2, CAPS_LOCK = 4 };

static u8 modifiers;
static u8 locks = NUM_LOCK;
static u8 held_locks;			/* keys that are down: they repeat */
static bool extended;			/* the last code was EXTENDED */
static bool lights_pending;		/* to be sent when SET_LEDS is taken */
static u32 skip;			/* codes of the Pause key that follow */
static bool sysrq_down;			/* since then Alt was not released */
static void (*sysrq)(char key, const struct pt_regs *regs);

/*
 * Has Alt and SysRq with a letter call fn, in the interrupt, whose registers it
 * gets. On keyboards without SysRq, Alt-F9 is the letter a.
 */
void keyboard_sysrq(void (*fn)(char key, const struct pt_regs *regs))
{
	sysrq = fn;
}

/* Sends a byte to the keyboard. */
static void send_byte(u8 byte)
{
	for (u32 i = 0; i < POLLS && inb(KBD_STATUS) & STATUS_INPUT; i++)
		;
	outb(KBD_DATA, byte);
}

/* Sets the lights: the keyboard answers the command, then gets the lights. */
static void set_lights(void)
{
	lights_pending = true;
	send_byte(SET_LEDS);
}

static void acknowledged(void)
{
	if (lights_pending)
		send_byte(locks | (front->tty.stopped ? SCROLL_LIGHT : 0));
	lights_pending = false;
}

static void type(char c)
{
	tty_input(&front->tty, c);
}

static void type_string(const char *s)
{
	while (*s)
		type(*s++);
}

/*
 * Types a cursor key: ESC [ A. With modifiers it is ESC [ 1 ; 5 A, as in xterm;
 * in application mode ESC O A.
 */
static void type_cursor_key(char key, bool shift)
{
	u32 modifier = 1;
	char text[12], digit = key, end = '~';

	if (key >= 'A') {
		digit = '1';
		end = key;
	}
	if (shift)
		modifier += 1;
	if (modifiers & ALT)
		modifier += 2;
	if (modifiers & CTRL)
		modifier += 4;
	if (modifier > 1)
		snprintf(text, sizeof(text), "\033[%c;%u%c", digit, modifier,
			 end);
	else if (key >= 'A')
		snprintf(text, sizeof(text), "\033%c%c",
			 front->application_keys ? 'O' : '[', key);
	else
		snprintf(text, sizeof(text), "\033[%c~", key);
	type_string(text);
}

static void type_function_key(u32 n)
{
	char text[8];

	if (n <= 5)
		snprintf(text, sizeof(text), "\033[[%c", 'A' + n - 1);
	else
		snprintf(text, sizeof(text), "\033[%u~", function_keys[n - 6]);
	type_string(text);
}

static bool on_keypad(u8 code)
{
	return code >= KEY_HOME && code <= KEY_DELETE && code != KEY_MINUS &&
	       code != KEY_PLUS;
}

/*
 * Types a cursor key. The keypad's keys are digits with Num Lock or with Shift,
 * but not with both. Returns false if the key is no cursor key.
 */
static bool cursor_key(u8 code)
{
	bool shift = modifiers & SHIFT, num_lock = locks & NUM_LOCK;

	if (!on_keypad(code) || (!extended && shift != num_lock))
		return false;
	if (extended && shift && code == KEY_PAGE_UP)
		console_look_back(ROWS / 2);
	else if (extended && shift && code == KEY_PAGE_DOWN)
		console_look_back(-(ROWS / 2));
	else
		type_cursor_key(cursor_keys[code - KEY_HOME],
				extended && shift);
	return true;
}

/* Returns what c is with Ctrl. The keys are those of a VT220. */
static int control_of(char c)
{
	if (c == ' ' || c == '2')
		return 0;
	if (c >= '3' && c <= '7')
		return c - '3' + 0x1B;
	if (c == '8' || c == '?')
		return 0x7F;
	if (c == '/')
		return 0x1F;
	return c >= '@' && c <= '~' ? c & 0x1F : c;
}

/* Returns the character of a key with the modifiers held down, or -1. */
static int translate(u8 code)
{
	char c = modifiers & SHIFT && !extended ? shifted[code] : plain[code],
	     letter = c | 0x20;

	if (!c)
		return -1;
	if (locks & CAPS_LOCK && letter >= 'a' && letter <= 'z')
		c ^= 0x20;
	return modifiers & CTRL ? control_of(c) : c;
}

static u8 lock_of(u8 code)
{
	switch (code) {
	case KEY_CAPS:
		return CAPS_LOCK;
	case KEY_NUM:
		return NUM_LOCK;
	case KEY_SCROLL:
		return SCROLL_LIGHT;
	}
	return 0;
}

/*
 * Returns the modifier of a key, or 0. Some extended keys pretend shifts, which
 * are none.
 */
static u8 modifier_of(u8 code)
{
	switch (code) {
	case KEY_LSHIFT:
		return extended ? 0 : LEFT_SHIFT;
	case KEY_RSHIFT:
		return extended ? 0 : RIGHT_SHIFT;
	case KEY_CTRL:
		return extended ? RIGHT_CTRL : LEFT_CTRL;
	case KEY_ALT:
		return extended ? RIGHT_ALT : LEFT_ALT;
	}
	return 0;
}

/* Changes a lock when its key is pressed. */
static void lock_key(u8 lock, bool down)
{
	if (!down) {
		held_locks &= ~lock;
		return;
	}
	if (held_locks & lock)
		return;
	held_locks |= lock;
	if (lock == SCROLL_LIGHT)
		tty_stop(&front->tty, !front->tty.stopped);
	else
		locks ^= lock;
	set_lights();
}

/* Obeys a modifier or a lock. Returns false if the key is neither. */
static bool modifier_key(u8 code, bool down)
{
	u8 bit = modifier_of(code), lock = extended ? 0 : lock_of(code);

	if (down)
		modifiers |= bit;
	else
		modifiers &= ~bit;
	if (!(modifiers & ALT))
		sysrq_down = false;
	if (lock)
		lock_key(lock, down);
	return bit || lock || code == KEY_LSHIFT || code == KEY_RSHIFT;
}

/* Types the character of a key, after ESC if Alt is held down. */
static void type_key(u8 code)
{
	int c = translate(code);

	if (c < 0)
		return;
	if (modifiers & ALT)
		type('\033');
	type(c);
}

/* Obeys Alt with SysRq. Returns false if it is another key. */
static bool sysrq_key(u8 code, const struct pt_regs *regs)
{
	if (!(modifiers & ALT) || !sysrq)
		return false;
	if (code == KEY_SYSRQ)
		sysrq_down = true;
	else if (code == KEY_F9)
		sysrq('a', regs);
	else if (sysrq_down)
		sysrq(plain[code], regs);
	else
		return false;
	return true;
}

static void key_down(u8 code)
{
	bool alt = modifiers & ALT;

	if (alt && code >= KEY_F1 && code <= KEY_F4) {
		console_switch(code - KEY_F1);
		set_lights();
	} else if (alt && modifiers & CTRL && code == KEY_DELETE) {
		if (init_task)
			send_signal(SIGINT, init_task);
	} else if (code >= KEY_F1 && code <= KEY_F10) {
		type_function_key(code - KEY_F1 + 1);
	} else if (code >= KEY_F11) {
		type_function_key(code - KEY_F11 + 11);
	} else if (!cursor_key(code)) {
		type_key(code);
	}
}

/*
 * Returns whether a key types something. Of the extended keys, the keypad's
 * Enter and / and the cursor keys do; volume, mail and calculator do not.
 */
static bool is_typed(u8 code)
{
	if (code >= SCANCODES)
		return false;
	if (!extended || code == KEY_ENTER || code == KEY_SLASH)
		return true;
	return on_keypad(code) && code != KEY_CENTER;
}

/* A key was pressed or released. */
static void key_changed(u8 code, bool down, const struct pt_regs *regs)
{
	if (modifier_key(code, down) || !down || !is_typed(code))
		return;
	if (!sysrq_key(code, regs))
		key_down(code);
}

static void keyboard_interrupt(struct pt_regs *regs)
{
	u8 status = inb(KBD_STATUS), code;

	if (!(status & STATUS_OUTPUT))
		return;
	code = inb(KBD_DATA);
	if (status & STATUS_MOUSE)
		return;
	if (code == ACKNOWLEDGE && !extended) {
		acknowledged();
	} else if (skip > 0) {
		skip--;
	} else if (code == PAUSE) {
		skip = 2;
	} else if (code == EXTENDED) {
		extended = true;
	} else {
		key_changed(code & ~RELEASE, !(code & RELEASE), regs);
		extended = false;
	}
}

/*
 * The BIOS has set the controller up. Whatever it left in its buffer is thrown
 * away, because no interrupt comes before that.
 */
void keyboard_init(void)
{
	for (u32 i = 0; i < 32 && inb(KBD_STATUS) & STATUS_OUTPUT; i++)
		inb(KBD_DATA);
	request_irq(IRQ_KEYBOARD, keyboard_interrupt);
	set_lights();
}
