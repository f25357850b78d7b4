/*
 * The kernel's voice. Every message goes to a ring in memory (dmesg reads it),
 * to port 0xE9, which both emulators show on the host, and to the console,
 * unless that is switched off.
 */
#include <cowix/kernel.h>
#include <asm/io.h>
#include <asm/system.h>

#define E9_PORT		0xE9
#define LINE_MAX	1024

static bool to_console = true;
static void (*console_write)(const char *s, size_t n);

/* Has all messages from now on written to a console. Called by its driver. */
void register_console(void (*write)(const char *s, size_t n))
{
	console_write = write;
}

void log_to_console(bool on)
{
	to_console = on;
}

/* What goes to the host only. */
void e9_write(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		outb(E9_PORT, s[i]);
}

/*
 * Print a message of at most 1023 characters. Callable in any context, also
 * from panic.
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
