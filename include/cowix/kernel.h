/*
 * Messages, the end, and small services: kernel/printk.c, kernel/panic.c, lib/.
 */
#ifndef COWIX_KERNEL_H
#define COWIX_KERNEL_H

#include <cowix/lib.h>
#include <cowix/types.h>

/* kernel/printk.c */
void printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void register_console(void (*write)(const char *s, size_t n));
void console_only(const char *s);
void e9_write(const char *s, size_t n);	/* to port 0xE9 only */
void log_to_console(bool on);	/* whether printk also writes the console */

/* kernel/log.c */
void log_append(const char *s, size_t n);
int log_read(char __user *buf, u32 count, loff_t *pos);

extern const u8 __text_start[], __text_end[], __data_end[], _end[];

/* kernel/panic.c */
NORETURN void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void at_panic(void (*report)(void));
NORETURN void machine_power_off(int status);
NORETURN void machine_restart(void);
NORETURN void machine_halt(void);

/* lib/parse.c */
size_t strlcpy(char *to, const char *from, size_t size);
u32 simple_strtoul(const char *s, const char **end, int base);

/* kernel/uname.c */
extern struct utsname system_names;	/* what uname() tells */

/* kernel/params.c */
const char *param_get(const char *name);

/* kernel/random.c */
u32 random_u32(void);

#endif
