/* Shows one argument of a call, by its letter in the call's format. */
#include "strace.h"
#include <abi/fcntl.h>
#include <abi/termios.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_STRING PATH_MAX

void show_pointer(unsigned long addr)
{
	if (addr)
		out("%#lx", addr);
	else
		out("NULL");
}

int is_output(char format)
{
	return strchr("BRSTAKyzVwr8XQYJE560I", format) != NULL;
}

/* Shows a byte in C's form. An octal number is short if no digit follows. */
static void show_byte(unsigned char c, int next)
{
	static const char letters[] = "\t\n\v\f\r\"\\", names[] = "tnvfr\"\\";
	const char *special = c ? strchr(letters, c) : NULL;

	if (special)
		out("\\%c", names[special - letters]);
	else if (c >= ' ' && c < 127)
		out("%c", c);
	else
		out(next >= '0' && next <= '9' ? "\\%03o" : "\\%o", c);
}

/*
 * Shows at most limit bytes. A length of -1 means that the text ends with a
 * NUL.
 */
static void show_text(pid_t pid, unsigned long addr, long length, int limit)
{
	static char text[LONGEST_STRING + 1];
	int asked = limit + 1 < LONGEST_STRING ? limit + 1 : LONGEST_STRING;
	int shown, n = 0;
	const char *end = NULL;

	if (length >= 0 && length < asked)
		asked = length;
	if (addr && length < 0) {
		n = read_text(pid, addr, text, asked);
		end = memchr(text, '\0', n);
	} else if (addr) {
		n = read_memory(pid, addr, text, asked);
	}
	if (!addr || (!end && n < asked)) {
		show_pointer(addr);
		return;
	}
	shown = end ? end - text : n;
	shown = shown > limit ? limit : shown;
	out("\"");
	for (int i = 0; i < shown; i++)
		show_byte(text[i], i + 1 < shown ? text[i + 1] : -1);
	if (end)
		length = end - text;
	/* without its NUL, a text is longer than what is shown */
	out(length < 0 || length > shown ? "\"..." : "\"");
}

void show_string(pid_t pid, unsigned long addr, long length)
{
	show_text(pid, addr, length, string_limit);
}

/* Shows a whole path, whatever -s says. */
static void show_path(pid_t pid, unsigned long addr)
{
	show_text(pid, addr, -1, PATH_MAX - 1);
}

/* Shows a list of strings, like exec()'s. */
static void show_list(struct tracee *t, unsigned long addr)
{
	unsigned long string;
	int n = 0;

	if (!addr) {
		out("NULL");
		return;
	}
	out("[");
	for (; read_memory(t->pid, addr + 4 * n, &string, 4) == 4 && string;
	     n++) {
		out(n ? ", " : "");
		if (n == string_limit) {
			out("...");
			break;
		}
		show_string(t->pid, string, -1);
	}
	out("]");
}

static void show_environment(struct tracee *t, unsigned long addr)
{
	unsigned long string;
	int n = 0;

	show_pointer(addr);
	while (addr && read_memory(t->pid, addr + 4 * n, &string, 4) == 4 &&
	       string)
		n++;
	if (addr)
		out(" /* %d var%s */", n, n == 1 ? "" : "s");
}

static void show_ioctl(struct tracee *t, unsigned long addr)
{
	static const struct {
		unsigned command;
		char format;
	} kinds[] = { { TCGETS, '1' },     { TCSETS, '1' },
		      { TCSETSW, '1' },    { TCSETSF, '1' },
		      { TIOCGWINSZ, '2' }, { TIOCSWINSZ, '2' },
		      { TIOCGPGRP, '3' },  { TIOCSPGRP, '3' },
		      { FIONREAD, '3' },   { TIOCGSID, '3' } };

	for (int i = 0; i < COUNT(kinds); i++)
		if (kinds[i].command == (unsigned)t->args[1] &&
		    (t->result >= 0 || kinds[i].command == TCSETS) && addr) {
			show_struct(t, kinds[i].format, addr);
			return;
		}
	if (addr < 4096 && t->args[1] != TCGETS)
		out(addr ? "%#lx" : "0", addr);
	else
		show_pointer(addr);
}

static void show_fcntl(struct tracee *t, unsigned long arg)
{
	if (t->args[1] == F_SETFD && arg <= FD_CLOEXEC)
		out(arg ? "FD_CLOEXEC" : "0");
	else if (t->args[1] == F_SETFL)
		show_named('O', arg);
	else
		out("%lu", arg);
}

static void show_number(char format, unsigned long value)
{
	switch (format) {
	case 'd': out("%ld", (long)value); break;
	case 'u': out("%lu", value); break;
	case 'x': out("%#lx", value); break;
	case 'o': out("%#03lo", value); break;
	case 'p': show_pointer(value); break;
	case 'g': show_signal(value); break;
	case 'f':
		if ((long)value == AT_FDCWD)
			out("AT_FDCWD");
		else
			out("%ld", (long)value);
		break;
	default: show_named(format, value);
	}
}

void show_arg(struct tracee *t, char format, int n)
{
	unsigned long value = t->args[n];

	if (is_output(format) && format != 'I' &&
	    (t->result < 0 || (format == 'y' && t->result == 0))) {
		show_pointer(value);
		return;
	}
	switch (format) {
	case 's': case 'R': show_path(t->pid, value); return;
	case 'b': show_string(t->pid, value, t->args[n + 1]); return;
	case 'B': show_string(t->pid, value, t->result); return;
	case 'v': show_list(t, value); return;
	case 'e': show_environment(t, value); return;
	case 'I': show_ioctl(t, value); return;
	case 'D': show_fcntl(t, value); return;
	}
	if (value && show_struct(t, format, value))
		return;
	if (!value && strchr("ak7Zt4jSTAKyzVwr8XQYJE560", format))
		out("NULL");
	else
		show_number(format, value);
}
