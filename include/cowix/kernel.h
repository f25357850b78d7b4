/*
 * The kernel's voice and its small services: kernel/printk.c, kernel/panic.c,
 * kernel/lib.
 */
#ifndef COWIX_KERNEL_H
#define COWIX_KERNEL_H

#include <cowix/types.h>

/*
 * kernel/printk.c: the log goes to a ring (read by syslog()), the VGA console
 * and port 0xE9. Any context.
 */
void printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void register_console(void (*write)(const char *s, size_t n));
void e9_write(const char *s, size_t n);	/* to port 0xE9 only */
void log_to_console(bool on);	/* whether printk also writes the console */

/* kernel/log.c */
void log_append(const char *s, size_t n);
int log_read(char __user *buf, u32 count, loff_t *pos);	/* 0: its end */

extern const u8 __text_start[], __text_end[], _end[];	/* kernel/kernel.ld */

/* kernel/panic.c */
NORETURN void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void at_panic(void (*report)(void));
NORETURN void machine_power_off(int status);
NORETURN void machine_restart(void);
NORETURN void machine_halt(void);

/*
 * lib/vsprintf.c: %d %u %x %X %o %c %s %p %ld %lld %llu %llx with width, '-',
 * '0' and precision.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* lib/string.c */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
void *memchr(const void *s, int c, size_t n);
char *strcpy(char *to, const char *from);
size_t strlcpy(char *to, const char *from, size_t size);
u32 simple_strtoul(const char *s, const char **end, int base);

/* kernel/uname.c */
extern struct utsname system_names;	/* what uname() tells */

/*
 * kernel/params.c: kernel parameters (boot/README.md: where they lie in the
 * image).
 */
const char *param_get(const char *name); /* value of name=value, or NULL */

/* kernel/random.c */
/* a small generator stirred with the ticks: for AT_RANDOM, not for keys */
u32 random_u32(void);

#endif
