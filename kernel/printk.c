/*
 * The kernel's messages. Each goes to a ring in memory, which dmesg reads, and
 * to port 0xE9, which both emulators show on the host. It goes to the console
 * too, unless that is switched off.
 */
#include <cowix/kernel.h>
#include <asm/io.h>
#include <asm/system.h>

#define E9_PORT		0xE9
#define LINE_MAX	1024

static bool to_console = true;
static void (*console_write)(const char *s, size_t n);

/* Has all messages written to a console, too. Called by its driver. */
void register_console(void (*write)(const char *s, size_t n))
{
	console_write = write;
}

void log_to_console(bool on)
{
	to_console = on;
}

/* Writes to the console only: control sequences, which no log wants. */
void console_only(const char *s)
{
	if (to_console && console_write)
		console_write(s, strlen(s));
}

/* Writes to the host only. */
void e9_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		outb(E9_PORT, s[i]);
}

/*
 * Prints a message of at most LINE_MAX - 1 characters. Callable in any context,
 * also from panic.
 */
void printk(const char *fmt, ...)
{
	static char line[LINE_MAX];
	u32 flags = irq_save();
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	n = min_u32(n, sizeof(line) - 1);
	log_append(line, n);
	e9_write(line, n);
	if (to_console && console_write)
		console_write(line, n);
	irq_restore(flags);
}
