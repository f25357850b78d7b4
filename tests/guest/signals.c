/*
 * Signals: what a handler is told and on which stack, what is pending in which
 * order, who may send what.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define SIGRTMIN 34	/* Linux's C libraries keep 32 and 33 for themselves */

static volatile int count, last, depth, deepest;
static siginfo_t info;

static void note(int sig)
{
	last = sig;
	count++;
}

static void note_info(int sig, siginfo_t *si, void *context)
{
	(void)context;
	note(sig);
	info = *si;
}

static void handle(int sig, sighandler_t handler, unsigned flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static void handle_with(int sig, void (*handler)(int, siginfo_t *, void *),
			unsigned flags)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static sigset_t set_of(int sig)
{
	return 1ull << (sig - 1);
}

static void block(sigset_t set)
{
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static void unblock(sigset_t set)
{
	CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
}

static int queue(int pid, int sig, int value)
{
	siginfo_t si = { .si_signo = sig, .si_code = SI_QUEUE };

	si.si_pid = getpid();
	si.si_uid = getuid();
	si.si_status = value;
	return syscall(__NR_rt_sigqueueinfo, pid, sig, &si);
}

static int await(sigset_t set, siginfo_t *si, struct timespec *timeout)
{
	return syscall(__NR_rt_sigtimedwait, &set, si, timeout, sizeof(set));
}

/* The fields of siginfo, by kill(), tgkill() and sigqueue(). */
static void senders(void)
{
	siginfo_t bad = { .si_code = SI_TKILL };

	handle_with(SIGUSR1, note_info, 0);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	CHECK(info.si_signo == SIGUSR1 && info.si_code == SI_USER &&
	      info.si_pid == getpid() && info.si_uid == getuid());
	CHECK(syscall(__NR_tgkill, getpid(), getpid(), SIGUSR1) == 0 &&
	      info.si_code == SI_TKILL && info.si_pid == getpid());
	CHECK(syscall(__NR_tkill, getpid(), SIGUSR1) == 0 && count == 3);
	CHECK(queue(getpid(), SIGUSR1, 4711) == 0);
	CHECK(info.si_code == SI_QUEUE && info.si_pid == getpid() &&
	      info.si_status == 4711);
	CHECK(queue(getpid(), 0, 0) == 0 && count == 4);
	CHECK_ERRNO(queue(getpid(), 65, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_rt_sigqueueinfo, getppid(), SIGUSR1, &bad),
		    EPERM);
	CHECK(syscall(__NR_rt_sigqueueinfo, getpid(), SIGUSR1, &bad) == 0 &&
	      info.si_code == SI_TKILL);
	CHECK_ERRNO(syscall(__NR_tgkill, getppid(), getpid(), 0), ESRCH);
	CHECK_ERRNO(syscall(__NR_tgkill, -1, getpid(), 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_tgkill, getpid(), getpid(), 65), EINVAL);
}

static void run_and_wait(void (*end)(void))
{
	int pid = fork();

	if (pid == 0) {
		end();
		_exit(7);
	}
	CHECK(waitpid(pid, NULL, 0) == pid && info.si_pid == pid &&
	      info.si_signo == SIGCHLD);
}

static void end_by_exit(void)
{
}

static void end_by_signal(void)
{
	raise(SIGTERM);
}

/*
 * The signal comes soon; on Linux with several processors wait() may be faster,
 * and then the signal does not say which one stopped the child.
 */
static void await_count(int wanted)
{
	for (int i = 0; i < 100 && count != wanted; i++)
		sleep_ms(10);
	CHECK(count == wanted);
}

static void ends_of_children(void)
{
	int pid, n;

	handle_with(SIGCHLD, note_info, SA_RESTART);
	run_and_wait(end_by_exit);
	CHECK(info.si_code == CLD_EXITED && info.si_status == 7 &&
	      info.si_uid == getuid());
	run_and_wait(end_by_signal);
	CHECK(info.si_code == CLD_KILLED && info.si_status == SIGTERM);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	n = count;
	CHECK(kill(pid, SIGSTOP) == 0);
	await_count(n + 1);
	CHECK(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP &&
	      waitpid(pid, NULL, WUNTRACED) == pid);
	CHECK(kill(pid, SIGCONT) == 0);
	await_count(n + 2);
	CHECK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT &&
	      waitpid(pid, NULL, WCONTINUED) == pid);
	handle_with(SIGCHLD, note_info, SA_RESTART | SA_NOCLDSTOP);
	CHECK(kill(pid, SIGSTOP) == 0 && waitpid(pid, NULL, WUNTRACED) == pid);
	CHECK(kill(pid, SIGCONT) == 0 &&
	      waitpid(pid, NULL, WCONTINUED) == pid && count == n + 2);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	await_count(n + 3);
}

/*
 * Who ignores SIGCHLD, or says SA_NOCLDWAIT, gets no zombies; wait() returns
 * when the last child is gone.
 */
static void no_zombies(void)
{
	int pid;

	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			sleep_ms(30 * i);
			_exit(i);
		}
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	handle(SIGCHLD, note, SA_NOCLDWAIT | SA_RESTART);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK_ERRNO(waitpid(pid, NULL, 0), ECHILD);
	CHECK(count == 1);		/* the signal comes all the same */
	handle(SIGCHLD, SIG_DFL, 0);
	pid = fork();
	if (pid == 0)
		_exit(5);
	CHECK(WEXITSTATUS(wait_status(pid)) == 5);
}

static char *volatile where;

/*
 * Lets the bad access end: the next one finds other memory, or the process ends
 * here with the code.
 */
static void leave_with_code(int sig, siginfo_t *si, void *context)
{
	(void)context;
	_exit(sig == SIGSEGV && si->si_addr == where ? si->si_code : 99);
}

static int code_of_access(char *address, int write)
{
	int pid = fork();

	if (pid == 0) {
		where = address;
		handle_with(SIGSEGV, leave_with_code, 0);
		if (write)
			*where = 1;
		else
			last = *where;
		_exit(98);
	}
	return WEXITSTATUS(wait_status(pid));
}

static void faults(void)
{
	int pid, status;

	CHECK(code_of_access((char *)0x10, 0) == SEGV_MAPERR);
	CHECK(code_of_access((char *)faults, 1) == SEGV_ACCERR);
	pid = fork();
	if (pid == 0) {				/* blocked: it kills at once */
		handle(SIGSEGV, note, 0);
		block(set_of(SIGSEGV));
		*(volatile char *)0x10 = 1;
		_exit(1);
	}
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_IGN);
		*(volatile char *)0x10 = 1;
		_exit(1);
	}
	status = wait_status(pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void deeper(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (count++ == 0)
		raise(sig);
	depth--;
}

static void flags_of_actions(void)
{
	struct sigaction action;

	handle(SIGUSR1, deeper, 0);
	raise(SIGUSR1);
	/* the second came after the first was done */
	CHECK(deepest == 1 && count == 2);
	count = deepest = 0;
	handle(SIGUSR1, deeper, SA_NODEFER);
	raise(SIGUSR1);
	CHECK(deepest == 2 && count == 2);
	count = 0;
	handle(SIGUSR1, note, SA_RESETHAND);
	CHECK(sigaction(SIGUSR1, NULL, &action) == 0 &&
	      action.sa_handler == note && action.sa_flags == SA_RESETHAND);
	raise(SIGUSR1);
	CHECK(count == 1 && sigaction(SIGUSR1, NULL, &action) == 0 &&
	      action.sa_handler == SIG_DFL);
}

static int order[16];

static void note_order(int sig, siginfo_t *si, void *context)
{
	(void)context;
	order[count++] = sig * 100 + si->si_status;
}

/*
 * Real-time signals are queued, each with its value, first come first served; a
 * standard one is pending once.
 */
static void queueing(void)
{
	sigset_t both = set_of(SIGRTMIN) | set_of(SIGUSR1), pending;
	struct timespec none = { 0, 0 };
	siginfo_t si;

	handle_with(SIGRTMIN, note_order, 0);
	handle_with(SIGUSR1, note_order, 0);
	block(both);
	for (int i = 1; i <= 5; i++)
		CHECK(queue(getpid(), SIGRTMIN, i) == 0 &&
		      queue(getpid(), SIGUSR1, i) == 0);
	CHECK(sigpending(&pending) == 0 && pending == both);
	unblock(set_of(SIGRTMIN));
	CHECK(count == 5);
	for (int i = 0; i < 5; i++)
		CHECK(order[i] == SIGRTMIN * 100 + i + 1);
	unblock(both);
	CHECK(count == 6 && order[5] == SIGUSR1 * 100 + 1);
	both |= set_of(SIGRTMIN + 1);
	block(both);
	queue(getpid(), SIGRTMIN + 1, 1);
	queue(getpid(), SIGRTMIN, 2);
	queue(getpid(), SIGRTMIN, 3);
	queue(getpid(), SIGUSR1, 4);
	/* the lowest number first */
	CHECK(await(both, &si, &none) == SIGUSR1 && si.si_status == 4);
	CHECK(await(both, &si, &none) == SIGRTMIN && si.si_status == 2 &&
	      si.si_code == SI_QUEUE && si.si_pid == getpid());
	CHECK(await(both, &si, NULL) == SIGRTMIN && si.si_status == 3);
	CHECK(await(both, NULL, NULL) == SIGRTMIN + 1);
	CHECK_ERRNO(await(both, NULL, &none), EAGAIN);
}

static void waiting_for_signals(void)
{
	struct timespec some = { 0, 100000000 }, bad = { 0, -1 };
	sigset_t set = set_of(SIGUSR1);
	long start = now_ms();
	siginfo_t si;
	int pid;

	block(set);
	handle(SIGUSR2, note, SA_RESTART);
	CHECK_ERRNO(await(set, NULL, &some), EAGAIN);
	CHECK(now_ms() - start >= 90);
	CHECK_ERRNO(await(set, NULL, &bad), EINVAL);
	CHECK_ERRNO(syscall(__NR_rt_sigtimedwait, &set, NULL, &some, 4),
		    EINVAL);
	pid = fork();
	if (pid == 0) {
		sleep_ms(50);
		kill(getppid(), SIGUSR1);
		sleep_ms(50);
		kill(getppid(), SIGUSR2);
		_exit(0);
	}
	CHECK(await(set, &si, NULL) == SIGUSR1 && si.si_pid == pid &&
	      si.si_code == SI_USER);
	CHECK_ERRNO(await(set, &si, NULL), EINTR);
	CHECK(count == 1 && last == SIGUSR2);
	CHECK(wait_status(pid) == 0);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);		/* forgets what is pending */
	CHECK_ERRNO(await(set, NULL, &some), EAGAIN);
	raise(SIGUSR1);	/* but what is blocked is kept for whoever waits */
	CHECK(await(set, NULL, &some) == SIGUSR1);
}

/* rt_sigsuspend: the handler runs with the caller's mask to come back. */
static void suspended_masks(void)
{
	sigset_t before = set_of(SIGUSR1) | set_of(SIGUSR2),
		 during = set_of(SIGUSR2), now;

	handle(SIGUSR1, note, 0);
	handle(SIGUSR2, note, 0);
	block(before);
	raise(SIGUSR1);
	raise(SIGUSR2);
	CHECK_ERRNO(sigsuspend(&during), EINTR);
	CHECK(count == 1 && last == SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 &&
	      (now & before) == before);
	CHECK_ERRNO(syscall(__NR_rt_sigsuspend, &during, 4), EINVAL);
	CHECK_ERRNO(syscall(__NR_rt_sigprocmask, 7, &now, NULL, 8), EINVAL);
	now = ~0ull;
	CHECK(sigprocmask(SIG_SETMASK, &now, NULL) == 0 &&
	      sigprocmask(SIG_BLOCK, NULL, &now) == 0);
	CHECK(!sigismember(&now, SIGKILL) && !sigismember(&now, SIGSTOP) &&
	      sigismember(&now, 64));
}

static char altstack[8192];
static volatile int on_it;

static int is_on_altstack(void)
{
	char here;
	stack_t now;

	CHECK(syscall(__NR_sigaltstack, NULL, &now) == 0);
	CHECK((now.ss_flags == SS_ONSTACK) ==
	      (&here >= altstack && &here < altstack + sizeof(altstack)));
	return now.ss_flags == SS_ONSTACK;
}

static void note_stack(int sig)
{
	stack_t off = { .ss_flags = SS_DISABLE };

	note(sig);
	on_it = is_on_altstack();
	if (on_it)
		CHECK_ERRNO(syscall(__NR_sigaltstack, &off, NULL), EPERM);
}

/* Endless recursion ends in a handler on the other stack. */
static void overflow(int sig)
{
	note_stack(sig);
	_exit(on_it ? 42 : 1);
}

static int recurse(int n)
{
	volatile char room[2000];

	room[0] = n;
	return n < 0 ? 0 : recurse(n + 1) + room[0];
}

/* Not as deep as there is memory. */
static int recurse_to_the_limit(void)
{
	struct rlimit limit = { 200000, 200000 };

	CHECK(syscall(__NR_setrlimit, RLIMIT_STACK, &limit) == 0);
	return recurse(0);
}

static void alternate_stack(void)
{
	stack_t stack = { .ss_sp = altstack, .ss_size = sizeof(altstack) }, now,
		small = { .ss_sp = altstack, .ss_size = 1000 };
	int pid;

	CHECK(syscall(__NR_sigaltstack, NULL, &now) == 0 &&
	      now.ss_flags == SS_DISABLE);
	CHECK_ERRNO(syscall(__NR_sigaltstack, &small, NULL), ENOMEM);
	CHECK(syscall(__NR_sigaltstack, &stack, NULL) == 0 &&
	      !is_on_altstack());
	handle(SIGUSR1, note_stack, SA_ONSTACK);
	raise(SIGUSR1);
	CHECK(on_it == 1 && !is_on_altstack());
	handle(SIGUSR1, note_stack, 0);
	raise(SIGUSR1);
	CHECK(on_it == 0 && count == 2);
	pid = fork();				/* the child has it too */
	if (pid == 0) {
		handle(SIGSEGV, overflow, SA_ONSTACK);
		_exit(recurse_to_the_limit());
	}
	CHECK(WEXITSTATUS(wait_status(pid)) == 42);
	pid = fork();		/* without it SIGSEGV has no stack to run on */
	if (pid == 0) {
		handle(SIGSEGV, overflow, 0);
		_exit(recurse_to_the_limit());
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGSEGV);
	stack.ss_flags = SS_DISABLE;
	CHECK(syscall(__NR_sigaltstack, &stack, &now) == 0 &&
	      now.ss_sp == altstack && now.ss_size == sizeof(altstack));
}

/*
 * A handler may change the registers that come back, but not the flags that
 * protect the kernel.
 */
static void change_context(int sig, siginfo_t *si, void *context)
{
	struct ucontext *uc = context;

	(void)si;
	note(sig);
	uc->uc_mcontext.eax = 1234;
	uc->uc_mcontext.eflags |= 0x3200;		/* IOPL 3, IF */
	uc->uc_sigmask[0] |= (unsigned long)set_of(SIGUSR2);
}

static void contexts(void)
{
	unsigned value, flags;
	sigset_t now;

	handle_with(SIGUSR1, change_context, 0);
	__asm__ volatile("int $0x80; pushf; pop %1"
			 : "=a"(value), "=r"(flags)
			 : "0"(__NR_kill), "b"(getpid()), "c"(SIGUSR1)
			 : "memory");
	CHECK(value == 1234 && count == 1 && (flags & 0x3000) == 0);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 &&
	      sigismember(&now, SIGUSR2));
}

/* SIGCONT takes pending stops away, and the other way round. */
static void stops_and_continues(void)
{
	sigset_t set = set_of(SIGTSTP) | set_of(SIGCONT), pending;

	handle(SIGCONT, note, 0);
	handle(SIGTSTP, note, 0);
	block(set);
	raise(SIGTSTP);
	CHECK(sigpending(&pending) == 0 && pending == set_of(SIGTSTP));
	raise(SIGCONT);
	CHECK(sigpending(&pending) == 0 && pending == set_of(SIGCONT));
	raise(SIGTSTP);
	CHECK(sigpending(&pending) == 0 && pending == set_of(SIGTSTP));
}

/*
 * Without privilege only one's own processes, real or saved; SIGCONT within the
 * session.
 */
static void permissions(void)
{
	int mine = fork(), other;

	if (geteuid() != 0)
		return;
	if (mine == 0) {
		CHECK(setuid(54321) == 0);
		for (;;)
			pause();
	}
	other = fork();
	if (other == 0) {
		CHECK(setuid(54322) == 0);
		for (;;)
			pause();
	}
	sleep_ms(50);
	CHECK(syscall(__NR_setresuid32, 0, 54321, 0) == 0);
	CHECK(kill(mine, 0) == 0);
	CHECK_ERRNO(kill(other, 0), EPERM);
	CHECK_ERRNO(kill(other, SIGTERM), EPERM);
	CHECK(kill(other, SIGCONT) == 0);
	CHECK(kill(0, 0) == 0);			/* one of the group is enough */
	CHECK(syscall(__NR_setresuid32, 0, 0, 0) == 0);
	CHECK(kill(mine, SIGKILL) == 0 && kill(other, SIGKILL) == 0);
	CHECK(waitpid(mine, NULL, 0) == mine &&
	      waitpid(other, NULL, 0) == other);
}

/* exec keeps what is ignored and blocked and pending, not handlers. */
static void over_exec(void)
{
	int pid;

	handle(SIGUSR1, note, 0);
	signal(SIGUSR2, SIG_IGN);
	block(set_of(SIGALRM));
	pid = fork();
	if (pid == 0) {
		execve("/bin/sh",
		       (char *[]){
			       "sh", "-c",
			       "kill -USR2 $$; kill -ALRM $$; kill -USR1 $$; "
			       "exit 3",
			       NULL },
		       environ);
		_exit(9);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGUSR1);
}

TESTS({ "senders", "who sent a signal and how", senders },
      { "ends_of_children", "SIGCHLD says what happened", ends_of_children },
      { "no_zombies", "SIGCHLD ignored, SA_NOCLDWAIT", no_zombies },
      { "faults", "SIGSEGV's codes, blocked and ignored", faults },
      { "flags_of_actions", "SA_NODEFER, SA_RESETHAND", flags_of_actions },
      { "queueing", "real-time signals in order", queueing },
      { "waiting_for_signals", "sigtimedwait", waiting_for_signals },
      { "suspended_masks", "sigsuspend and masks", suspended_masks },
      { "alternate_stack", "sigaltstack, also for a stack overflow",
	alternate_stack },
      { "contexts", "what a handler may change", contexts },
      { "stops_and_continues", "stop signals and SIGCONT cancel each other",
	stops_and_continues },
      { "permissions", "who may signal whom", permissions },
      { "over_exec", "signals over exec", over_exec })
