/*
 * The tracing: each stop of each process is looked at, shown, and the process
 * let go to the next.
 */
#include "strace.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

#define SYSCALL_STOP	(SIGTRAP | 0x80)
#define WALL		0x40000000	/* wait4: children made by clone, too */

enum {
	TRACESYSGOOD = 1,
	TRACEFORK = 2,
	TRACEVFORK = 4,
	TRACECLONE = 8,
	TRACEEXEC = 16
};
enum { EVENT_EXEC = 4, EVENT_STOP = 128 };

/* What -c counts, a call number. */
#define CALLS_MAX 520
static struct count {
	unsigned calls, errors;
	unsigned long microseconds;
} counts[CALLS_MAX];

static struct tracee *tracees;
int nr_tracees;

long ptrace(int request, pid_t pid, void *addr, void *data)
{
	return syscall(__NR_ptrace, request, pid, addr, data);
}

static struct tracee *find(pid_t pid)
{
	struct tracee *t = tracees;

	while (t && t->pid != pid)
		t = t->next;
	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		die("memory");
	t->pid = pid;
	t->started = tracees != NULL;
	t->next = tracees;
	tracees = t;
	nr_tracees++;
	return t;
}

static void forget(struct tracee *t)
{
	struct tracee **p = &tracees;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	nr_tracees--;
	free(t);
}

/*
 * Starts the program, which waits, stopped, until it is traced. Returns its
 * number.
 */
static pid_t start_program(char **argv, const char *path)
{
	unsigned long options = TRACESYSGOOD | TRACEEXEC;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		raise(SIGSTOP);
		execv(path, argv);
		die(argv[0]);
	}
	if (follow)
		options |= TRACEFORK | TRACEVFORK | TRACECLONE;
	if (waitpid(pid, NULL, WUNTRACED) < 0 ||
	    ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0) {
		kill(pid, SIGKILL);
		die("ptrace");
	}
	kill(pid, SIGCONT);
	return pid;
}

static long now(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return tv.tv_sec * 1000000 + tv.tv_usec;
}

static void count(struct tracee *t)
{
	struct count *c =
		&counts[t->number >= 0 && t->number < CALLS_MAX ? t->number
								: 0];

	c->calls++;
	c->errors += (unsigned long)t->result >= -4095ul;
	c->microseconds += now() - t->entry_time;
}

/*
 * The entry of a call, or its exit: they take turns. The first call to be shown
 * is exec().
 */
static void on_call(struct tracee *t)
{
	struct user_regs regs;

	if (ptrace(PTRACE_GETREGS, t->pid, NULL, &regs) < 0)
		return;
	t->in_call = !t->in_call;
	if (t->in_call) {
		memcpy(t->args,
		       (long[]){ regs.ebx, regs.ecx, regs.edx, regs.esi,
				 regs.edi, regs.ebp },
		       sizeof(t->args));
		t->number = regs.orig_eax;
		t->started |= t->number == __NR_execve;
		t->hidden = !t->started || summary || !chosen(t->number);
		t->entry_time = summary ? now() : 0;
		show_entry(t);
		return;
	}
	t->result = regs.eax;
	if (t->started && summary && chosen(t->number))
		count(t);
	show_exit(t);
}

static const char *code_name(int sig, int code)
{
	static const char *const child[] = { NULL,           "CLD_EXITED",
					     "CLD_KILLED",   "CLD_DUMPED",
					     "CLD_TRAPPED",  "CLD_STOPPED",
					     "CLD_CONTINUED" };
	static const char *const fault[] = { NULL, "SEGV_MAPERR",
					     "SEGV_ACCERR" },
				 *const fpe[] = { NULL, "FPE_INTDIV",
						  "FPE_INTOVF" };

	switch (code) {
	case SI_USER: return "SI_USER";
	case SI_KERNEL: return "SI_KERNEL";
	case -6: return "SI_TKILL";
	}
	if (sig == SIGCHLD && code > 0 && code < COUNT(child))
		return child[code];
	if (sig == SIGSEGV && code > 0 && code < COUNT(fault))
		return fault[code];
	return sig == SIGFPE && code > 0 && code < COUNT(fpe) ? fpe[code]
							      : NULL;
}

static void show_siginfo(const siginfo_t *info)
{
	const char *code = code_name(info->si_signo, info->si_code);

	out("{si_signo=");
	show_signal(info->si_signo);
	if (code)
		out(", si_code=%s", code);
	else
		out(", si_code=%d", info->si_code);
	if (info->si_signo == SIGCHLD && info->si_code > 0) {
		out(", si_pid=%d, si_uid=%u, si_status=", info->si_pid,
		    info->si_uid);
		if (info->si_code == 1)
			out("%d", info->si_status);
		else
			show_signal(info->si_status);
		out(", si_utime=%d, si_stime=%d", info->pad[3], info->pad[4]);
	} else if (info->si_code == SI_USER || info->si_code == -6) {
		out(", si_pid=%d, si_uid=%u", info->si_pid, info->si_uid);
	} else if (info->si_code > 0 && info->si_code != SI_KERNEL) {
		out(", si_addr=");
		show_pointer((unsigned long)info->si_addr);
	}
	out("}");
}

/* Shows a signal on its way to the process. */
static void show_delivery(struct tracee *t, int sig)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, t->pid, NULL, &info) < 0)
		return;
	begin_line(t);
	out("--- ");
	show_signal(sig);
	out(" ");
	show_siginfo(&info);
	out(" ---");
	end_line();
}

/*
 * The process has stopped with its group, or it is new, or it is to go on.
 * Returns the request by which it does what it would do untraced.
 */
static int on_group_stop(struct tracee *t, int sig)
{
	if (sig != SIGSTOP && sig != SIGTSTP && sig != SIGTTIN &&
	    sig != SIGTTOU)
		return PTRACE_SYSCALL;
	if (t->started && !summary) {
		begin_line(t);
		out("--- stopped by ");
		show_signal(sig);
		out(" ---");
		end_line();
	}
	return PTRACE_LISTEN;
}

/*
 * exec() in a thread that is not the first gives it the number of the first,
 * which is no more.
 */
static void on_exec(struct tracee *first, pid_t pid)
{
	pid_t number = first->pid;

	if (pid == number)
		return;
	if (!summary) {
		begin_line(first);
		out("+++ superseded by execve in pid %d +++", pid);
		end_line();
	}
	forget(first);
	find(pid)->pid = number;
}

/* A call has made a process, or exec() a program. */
static void on_event(struct tracee *t, int event)
{
	unsigned long pid;

	if (ptrace(PTRACE_GETEVENTMSG, t->pid, NULL, &pid) < 0)
		return;
	if (event == EVENT_EXEC) {
		on_exec(t, pid);
		return;
	}
	find(pid);
	if (output_fd == 2 && !summary)
		fprintf(stderr, "%s: Process %lu attached\n", program_name,
			pid);
}

static void on_end(struct tracee *t, int status)
{
	if (!summary && t->in_call && line_is_open(t)) {
		out(*t->rest && *t->rest != '=' ? " <unfinished ...>) " : ") ");
		pad_to(RESULT_COLUMN);
		out("= ?");
		end_line();
	}
	if (!summary && t->started) {
		begin_line(t);
		if (WIFEXITED(status)) {
			out("+++ exited with %d +++", WEXITSTATUS(status));
		} else {
			out("+++ killed by ");
			show_signal(WTERMSIG(status));
			out(status & 0x80 ? " (core dumped) +++" : " +++");
		}
		end_line();
	}
	forget(t);
}

/* Looks at a stop, and lets the process go on. */
static void on_stop(struct tracee *t, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	int request = PTRACE_SYSCALL;
	pid_t pid = t->pid;

	if (event == EVENT_STOP)
		request = on_group_stop(t, sig);
	else if (event)
		on_event(t, event);
	else if (sig == SYSCALL_STOP)
		on_call(t);
	else if (t->started && !summary)
		show_delivery(t, sig);
	if (event || sig == SYSCALL_STOP)
		sig = 0;
	ptrace(request, pid, NULL, (void *)(long)sig);
}

static int compare_counts(const void *a, const void *b)
{
	const struct count *x = &counts[*(const short *)a],
			   *y = &counts[*(const short *)b];

	if (x->microseconds != y->microseconds)
		return x->microseconds < y->microseconds ? 1 : -1;
	return (int)y->calls - (int)x->calls;
}

/* A number of hundredths. */
static void show_percent(unsigned long part, unsigned long whole)
{
	unsigned long n = whole ? (unsigned long long)part * 10000 / whole : 0;

	out("%3lu.%02lu", n / 100, n % 100);
}

static void show_counts(void)
{
	short order[CALLS_MAX];
	struct count all = { 0 };
	int n = 0;

	for (int i = 0; i < CALLS_MAX; i++)
		if (counts[i].calls) {
			order[n++] = i;
			all.calls += counts[i].calls;
			all.errors += counts[i].errors;
			all.microseconds += counts[i].microseconds;
		}
	qsort(order, n, sizeof(order[0]), compare_counts);
	out("%% time     seconds  usecs/call     calls    errors syscall\n"
	    "------ ----------- ----------- --------- --------- "
	    "----------------\n");
	for (int i = 0; i <= n; i++) {
		const struct count *c = i < n ? &counts[order[i]] : &all;

		if (i == n)
			out("------ ----------- ----------- --------- "
			    "--------- ----------------\n");
		show_percent(c->microseconds, all.microseconds);
		out(" %4lu.%06lu %11lu %9u ", c->microseconds / 1000000,
		    c->microseconds % 1000000,
		    c->calls ? c->microseconds / c->calls : 0, c->calls);
		if (c->errors)
			out("%9u %s\n", c->errors,
			    i < n ? call_name(order[i]) : "total");
		else
			out("%9s %s\n", "",
			    i < n ? call_name(order[i]) : "total");
	}
	end_line();
}

int trace(char **argv, const char *path)
{
	pid_t program = start_program(argv, path), pid;
	int status, result = 0;

	signal(SIGINT, SIG_IGN);		/* they are for the program */
	signal(SIGQUIT, SIG_IGN);
	find(program);
	while ((pid = wait4(-1, &status, WALL, NULL)) > 0 || errno == EINTR) {
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			on_stop(find(pid), status);
			continue;
		}
		if (pid == program)
			result = status;
		on_end(find(pid), status);
	}
	if (summary)
		show_counts();
	return result;
}
