/*
 * The PS/2 keyboard (8042 controller, scan code set 1): keys become characters
 * and escape sequences, those of Linux's console, for the console in front.
 * Some never get there: Alt-F1 to Alt-F4 switch consoles, Shift-PageUp and
 * -PageDown look back, Ctrl-Alt-Del asks init to restart, and Alt with a key
 * calls what other parts have registered (the memory audit).
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
/* looks at the status until the controller takes a command */
#define PATIENCE	10000

#define RELEASE		0x80
#define EXTENDED	0xE0		/* one more code follows */
/* the Pause key: two more, and two more for its release */
#define PAUSE		0xE1
#define KEY_ENTER	0x1C
#define KEY_CTRL	0x1D
#define KEY_LSHIFT	0x2A
#define KEY_SLASH	0x35
#define KEY_RSHIFT	0x36
#define KEY_ALT		0x38
#define KEY_CAPS	0x3A
#define KEY_F1		0x3B
#define KEY_F4		0x3E
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
#define KEY_F11		0x57
#define SCANCODES	0x59

static const char plain[SCANCODES] =
	"\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"789-456+1230."
	"\0\0<\0\0";
static const char shifted[SCANCODES] =
	"\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"789-456+1230."
	"\0\0>\0\0";

/*
 * What the keys from Home to Delete send: a letter means ESC [ letter, a digit
 * ESC [ digit ~; "-" and "+" are no cursor keys.
 */
static const char cursor_keys[KEY_DELETE - KEY_HOME + 1] = "1A5-DGC+4B623";

/* F6 to F12: ESC [ number ~. F1 to F5 send ESC [ [ and a letter. */
static const u8 function_keys[] = { 17, 18, 19, 20, 21, 23, 24 };

/* Modifiers: one bit a key, so that of two of a kind one may be let go. */
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
 * Locks, as the command for the lights numbers them. Scroll Lock is the
 * console's: output is stopped.
 */
enum { SCROLL_LIGHT = 1, NUM_LOCK = 2, CAPS_LOCK = 4 };

/* held: a key that repeats changes its lock once */
static u8 modifiers, locks = NUM_LOCK, held_locks;
static bool extended, lights_pending;
static u32 skip;			/* codes of the Pause key that follow */
static void (*hotkeys[SCANCODES])(void);

void keyboard_hotkey(u8 scancode, void (*fn)(void))
{
	hotkeys[scancode] = fn;
}

static void send(u8 byte)
{
	for (u32 i = 0; i < PATIENCE && inb(KBD_STATUS) & STATUS_INPUT; i++)
		;
	outb(KBD_DATA, byte);
}

/* Set the lights: the keyboard answers the command, then gets the lights. */
void keyboard_leds(void)
{
	lights_pending = true;
	send(SET_LEDS);
}

static void acknowledged(void)
{
	if (lights_pending)
		send(locks | (front->tty.stopped ? SCROLL_LIGHT : 0));
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
 * A cursor key: with modifiers as xterm has it, ESC [ 1 ; 5 A; in application
 * mode ESC O A.
 */
static void type_cursor_key(char key, bool shift)
{
	u32 modifier = 1 + shift + (modifiers & ALT ? 2 : 0) +
		       (modifiers & CTRL ? 4 : 0);
	char text[12], digit = key >= 'A' ? '1' : key;

	if (modifier > 1)
		snprintf(text, sizeof(text), "\033[%c;%u%c", digit, modifier,
			 key >= 'A' ? key : '~');
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

/*
 * The keypad's keys are digits with Num Lock or with Shift, but not with both.
 * Returns whether it was a cursor key.
 */
static bool keypad(u8 code)
{
	bool shift = modifiers & SHIFT, alone = extended;
	char key;

	if (code < KEY_HOME || code > KEY_DELETE || code == KEY_MINUS ||
	    code == KEY_PLUS)
		return false;
	if (!alone && shift != !!(locks & NUM_LOCK))
		return false;
	key = cursor_keys[code - KEY_HOME];
	if (alone && shift && (code == KEY_PAGE_UP || code == KEY_PAGE_DOWN))
		console_look_back(code == KEY_PAGE_UP ? ROWS / 2 : -(ROWS / 2));
	else
		type_cursor_key(key, alone && shift);
	return true;
}

/* With Ctrl: the 32 control characters, on the keys where a VT220 has them. */
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

/* The character of a key with the modifiers held down; -1: none. */
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

/* Modifiers and locks. The shifts that some extended keys pretend are none. */
static bool modifier_key(u8 code, bool down)
{
	u8 bit = 0, lock = code == KEY_CAPS     ? CAPS_LOCK
			   : code == KEY_NUM    ? NUM_LOCK
			   : code == KEY_SCROLL ? SCROLL_LIGHT
						: 0;

	if (code == KEY_LSHIFT || code == KEY_RSHIFT)
		bit = extended             ? 0
		      : code == KEY_LSHIFT ? LEFT_SHIFT
					   : RIGHT_SHIFT;
	else if (code == KEY_CTRL)
		bit = extended ? RIGHT_CTRL : LEFT_CTRL;
	else if (code == KEY_ALT)
		bit = extended ? RIGHT_ALT : LEFT_ALT;
	else if (!lock || extended)
		return false;
	modifiers = down ? modifiers | bit : modifiers & ~bit;
	if (down && lock & ~held_locks) {
		if (lock == SCROLL_LIGHT)
			tty_stop(&front->tty, !front->tty.stopped);
		else
			locks ^= lock;
		keyboard_leds();
	}
	held_locks = down ? held_locks | lock : held_locks & ~lock;
	return true;
}

static void key_down(u8 code)
{
	bool alt = modifiers & ALT;
	int c;

	if (alt && hotkeys[code]) {
		hotkeys[code]();
	} else if (alt && code >= KEY_F1 && code <= KEY_F4) {
		console_switch(code - KEY_F1);
	} else if (alt && modifiers & CTRL && code == KEY_DELETE) {
		if (init_task)
			send_signal(SIGINT, init_task);
	} else if (code >= KEY_F1 && code <= KEY_F10) {
		type_function_key(code - KEY_F1 + 1);
	} else if (code >= KEY_F11) {
		type_function_key(code - KEY_F11 + 11);
	} else if (!keypad(code) && (c = translate(code)) >= 0) {
		if (alt)
			type('\033');
		type(c);
	}
}

/*
 * Whether a key types something. Of those that EXTENDED announces, the keypad's
 * Enter and / and the cursor keys do; volume, mail, calculator do not.
 */
static bool is_typed(u8 code)
{
	if (code >= SCANCODES)
		return false;
	if (!extended || code == KEY_ENTER || code == KEY_SLASH)
		return true;
	return code >= KEY_HOME && code <= KEY_DELETE && code != KEY_MINUS &&
	       code != KEY_CENTER && code != KEY_PLUS;
}

static void keyboard_interrupt(struct pt_regs *regs)
{
	u8 status = inb(KBD_STATUS), code;

	(void)regs;
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
		bool down = !(code & RELEASE);

		code &= ~RELEASE;
		if (!modifier_key(code, down) && down && is_typed(code))
			key_down(code);
		extended = false;
	}
}

/*
 * The BIOS has set the controller up; what it left in its buffer would keep the
 * interrupt from coming.
 */
void keyboard_init(void)
{
	for (u32 i = 0; i < 32 && inb(KBD_STATUS) & STATUS_OUTPUT; i++)
		inb(KBD_DATA);
	request_irq(IRQ_KEYBOARD, keyboard_interrupt);
	keyboard_leds();
}
