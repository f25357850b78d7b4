/*
 * The PS/2 keyboard (8042 controller, scan code set 1): keys become characters and escape sequences for the console's line discipline.
 * Alt with certain keys calls functions that other parts have registered (the memory audit).
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <asm/io.h>
#include "tty_driver.h"

#define KBD_DATA	0x60
#define KBD_STATUS	0x64
#define STATUS_OUTPUT	0x01
#define STATUS_MOUSE	0x20

#define RELEASE		0x80
#define EXTENDED	0xE0
#define KEY_CTRL	0x1D
#define KEY_LSHIFT	0x2A
#define KEY_RSHIFT	0x36
#define KEY_ALT		0x38
#define KEY_CAPS	0x3A
#define KEY_HOME	0x47
#define KEY_DELETE	0x53
#define SCANCODES	0x59

static const char plain[SCANCODES] =
	"\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0" "789-456+1230." "\0\0<\0\0";
static const char shifted[SCANCODES] =
	"\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0" "789-456+1230." "\0\0>\0\0";

/* Escape sequences of the cursor block, from Home (0x47) to Delete (0x53); those of the numeric keypad's own keys are empty. */
static const char *const cursor_keys[KEY_DELETE - KEY_HOME + 1] = {
	"\033[1~", "\033[A", "\033[5~", "", "\033[D", "", "\033[C", "", "\033[4~", "\033[B", "\033[6~", "\033[2~", "\033[3~",
};

static bool shift, ctrl, alt, caps, extended;
static void (*hotkeys[SCANCODES])(void);

void keyboard_hotkey(u8 scancode, void (*fn)(void))
{
	hotkeys[scancode] = fn;
}

static void type_string(const char *s)
{
	while (*s)
		tty_input(&console_tty, *s++);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The character of a key with the modifiers held down; 0: none. */
static char translate(u8 code)
{
	char c = shift ? shifted[code] : plain[code];

	if (caps && is_letter(c))
		c ^= 'a' ^ 'A';
	if (ctrl && c >= '@' && c <= '~')
		c &= 0x1F;
	return c;
}

static void set_modifier(u8 code, bool down)
{
	if (code == KEY_LSHIFT || code == KEY_RSHIFT)
		shift = down && !extended;
	else if (code == KEY_CTRL)
		ctrl = down;
	else if (code == KEY_ALT)
		alt = down;
	else if (code == KEY_CAPS && down)
		caps = !caps;
}

static void key_down(u8 code)
{
	char c;

	if (code >= SCANCODES)
		return;
	if (alt && hotkeys[code]) {
		hotkeys[code]();
		return;
	}
	if (extended && code >= KEY_HOME && code <= KEY_DELETE) {
		type_string(cursor_keys[code - KEY_HOME]);
		return;
	}
	c = translate(code);
	if (!c)
		return;
	if (alt)
		tty_input(&console_tty, '\033');
	tty_input(&console_tty, c);
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
	if (code == EXTENDED) {
		extended = true;
		return;
	}
	set_modifier(code & ~RELEASE, !(code & RELEASE));
	if (!(code & RELEASE))
		key_down(code);
	extended = false;
}

/* The BIOS has set the controller up; what it left in its buffer would keep the interrupt from coming. */
void keyboard_init(void)
{
	for (u32 i = 0; i < 32 && inb(KBD_STATUS) & STATUS_OUTPUT; i++)
		inb(KBD_DATA);
	request_irq(IRQ_KEYBOARD, keyboard_interrupt);
}
