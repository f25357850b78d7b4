/*
 * Signals: what a handler learns, the order of pending ones, and permissions to
 * send.
 */
#include "catch.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

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

/* Checks the fields of siginfo by kill(), tgkill() and sigqueue(). */
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
 * Waits for the signal. On a Linux with several processors wait() may be
 * faster, and then the signal does not name the stop.
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
 * Checks that a parent with SIGCHLD ignored or SA_NOCLDWAIT gets no zombies.
 * wait() returns when the last child is gone.
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

/* Checks that wait() tells of the child whose SIGCHLD has ended its sleep. */
static void news_first(void)
{
	int pid;

	handle(SIGCHLD, note, 0);
	for (int i = 1; i <= 10; i++) {
		pid = fork();
		if (pid == 0) {
			sleep_ms(10);
			_exit(i);
		}
		CHECK(WEXITSTATUS(wait_status(pid)) == i);
		await_count(i);
	}
}

static int order[16];

static void note_order(int sig, siginfo_t *si, void *context)
{
	(void)context;
	order[count++] = sig * 100 + si->si_status;
}

/*
 * Checks that real-time signals are queued in order, each with its value. A
 * standard signal is pending once.
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
	raise(SIGUSR1);	/* a blocked signal is kept for a waiter */
	CHECK(await(set, NULL, &some) == SIGUSR1);
}

/* Checks that rt_sigsuspend's handler runs before the caller's mask returns. */
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

/* Checks that SIGCONT discards pending stops, and stops discard SIGCONT. */
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
 * Checks that an unprivileged sender needs an own id, real or saved. SIGCONT
 * passes within the session.
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

/*
 * Checks that exec keeps ignored, blocked and pending signals, but not
 * handlers.
 */
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

/* Checks that of several senders of one signal, the first is told. */
static void first_sender(void)
{
	int pids[2];

	handle_with(SIGUSR1, note_info, 0);
	block(set_of(SIGUSR1));
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(kill(getppid(), SIGUSR1) != 0);
		CHECK(wait_status(pids[i]) == 0);
	}
	unblock(set_of(SIGUSR1));
	CHECK(count == 1 && info.si_pid == pids[0]);
}

static volatile sigset_t in_handler;

static void look_at_mask(int sig)
{
	sigset_t now;

	note(sig);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
	in_handler = now;
}

/* Checks that no mask holds SIGKILL or SIGSTOP. */
static void unblockable(void)
{
	const sigset_t never = set_of(SIGKILL) | set_of(SIGSTOP);
	struct sigaction action = { .sa_handler = look_at_mask,
				    .sa_mask = ~0ull };
	sigset_t now;

	block(~0ull);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && !(now & never));
	CHECK(now == ~never);
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0 &&
	      sigaction(SIGUSR1, NULL, &action) == 0 &&
	      action.sa_mask == ~never);
	CHECK(raise(SIGUSR1) == 0);
	unblock(~0ull);
	CHECK(count == 1 && !(in_handler & never));
}

/* Checks that asking to ignore a signal forgets that it is pending. */
static void ignored_now(void)
{
	sigset_t set;

	handle(SIGUSR1, note, 0);
	block(set_of(SIGUSR1));
	CHECK(raise(SIGUSR1) == 0 && sigpending(&set) == 0 &&
	      sigismember(&set, SIGUSR1));
	signal(SIGUSR1, SIG_IGN);
	CHECK(sigpending(&set) == 0 && !sigismember(&set, SIGUSR1));
	handle(SIGUSR1, note, 0);
	unblock(set_of(SIGUSR1));
	CHECK(count == 0);
}

/* Checks that kill(-1) reaches a user's others, and not the sender. */
static void everybody(void)
{
	int pid = fork(), other;

	if (pid == 0) {
		CHECK(setuid(1234) == 0);
		other = fork();
		if (other == 0)
			for (;;)
				sleep_ms(1000);
		handle(SIGTERM, note, 0);
		CHECK(kill(-1, SIGTERM) == 0 && count == 0);
		CHECK(WTERMSIG(wait_status(other)) == SIGTERM);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

TESTS({ "senders", "who sent a signal and how", senders },
      { "ends_of_children", "SIGCHLD says what happened", ends_of_children },
      { "no_zombies", "SIGCHLD ignored, SA_NOCLDWAIT", no_zombies },
      { "news_first", "a child's end before EINTR", news_first },
      { "queueing", "real-time signals in order", queueing },
      { "waiting_for_signals", "sigtimedwait", waiting_for_signals },
      { "suspended_masks", "sigsuspend and masks", suspended_masks },
      { "stops_and_continues", "stop signals and SIGCONT cancel each other",
	stops_and_continues },
      { "permissions", "who may signal whom", permissions },
      { "over_exec", "signals over exec", over_exec },
      { "first_sender", "who of several is told", first_sender },
      { "unblockable", "SIGKILL and SIGSTOP in masks", unblockable },
      { "ignored_now", "a pending signal that is ignored", ignored_now },
      { "everybody", "kill(-1)", everybody })
