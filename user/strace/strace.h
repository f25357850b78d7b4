/*
 * strace: declarations shared by its files. Reading order: main.c, trace.c,
 * calls.c, decode.c, structs.c, flags.c, memory.c, output.c.
 */
#ifndef STRACE_H
#define STRACE_H

#include <stddef.h>
#include <sys/types.h>

#define RESULT_COLUMN 40
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* as PTRACE_GETREGS fills them in */
struct user_regs {
	long ebx, ecx, edx, esi, edi, ebp, eax, xds, xes, xfs, xgs, orig_eax,
		eip, xcs, eflags, esp, xss;
};

/* A traced process. */
struct tracee {
	struct tracee *next;
	pid_t pid;
	int started;	/* exec() was called: what follows is the program's */
	int in_call, hidden;	/* between entry and exit; not to be shown */
	long number, args[6], result;
	/* the formats of the arguments that are shown at the exit */
	const char *rest;
	/* comma: the comma before that argument is already printed */
	int next_arg, comma;
	long entry_time;
};

/* main.c */
extern int follow, summary, string_limit;
int chosen(long number);		/* for -e trace= */

/* trace.c */
extern int nr_tracees;
/* returns the program's exit status, as wait() does */
int trace(char **argv, const char *path);
long ptrace(int request, pid_t pid, void *addr, void *data);
enum {
	PTRACE_PEEKDATA = 2,
	PTRACE_CONT = 7,
	PTRACE_GETREGS = 12,
	PTRACE_SYSCALL = 24,
	PTRACE_SETOPTIONS = 0x4200,
	PTRACE_GETEVENTMSG,
	PTRACE_GETSIGINFO,
	PTRACE_SEIZE = 0x4206,
	PTRACE_LISTEN = 0x4208
};

/* calls.c */
const char *call_name(long number);
const char *call_format(long number);
void show_entry(struct tracee *t);
void show_exit(struct tracee *t);

/* decode.c, structs.c: one argument each */
void show_arg(struct tracee *t, char format, int n);
int is_output(char format);	/* known only after the call */
/* length -1: up to the NUL */
void show_string(pid_t pid, unsigned long addr, long length);
void show_pointer(unsigned long addr);
int show_struct(struct tracee *t, char format, unsigned long addr);
void show_sigset(const unsigned long *mask);
void show_wait_status(int status);
void show_date(long seconds);

/* flags.c */
struct flag {
	unsigned value;
	const char *name;
};
void show_flags(const struct flag *flags, unsigned value, const char *unknown);
int show_one(const struct flag *values, unsigned value); /* 0: it has no name */
void show_named(char format, unsigned value);
void show_signal(int sig);
const char *signal_name(int sig);
const char *error_name(int error);

/* memory.c */
/* returns how many bytes could be read */
int read_memory(pid_t pid, unsigned long addr, void *to, size_t n);
/* the same, but not far beyond a NUL */
int read_text(pid_t pid, unsigned long addr, char *to, size_t n);

/* output.c */
extern int output_fd;
void out(const char *format, ...) __attribute__((format(printf, 1, 2)));
void begin_line(struct tracee *t);
void end_line(void);
void pad_to(int column);
int line_is_open(const struct tracee *t);
#endif
