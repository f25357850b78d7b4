/*
 * Signals: flags of sigaction, masks, waiting, siginfo, the other stack,
 * children, and default actions.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "say.h"

static volatile sig_atomic_t count, depth, deepest;

static void counter(int number)
{
	(void)number;
	count++;
}

static void nester(int number)
{
	if (++depth > deepest)
		deepest = depth;
	if (count++ < 3)
		raise(number);
	depth--;
}

static void install(int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

static void flags(void)
{
	struct sigaction old;

	install(SIGUSR1, nester, 0);
	raise(SIGUSR1);
	printf("blocked while handled: %d calls, %d deep\n", count, deepest);
	count = depth = deepest = 0;
	install(SIGUSR1, nester, SA_NODEFER);
	raise(SIGUSR1);
	printf("SA_NODEFER: %d calls, %d deep\n", count, deepest);
	count = 0;
	install(SIGUSR2, counter, SA_RESETHAND | SA_RESTART);
	sigaction(SIGUSR2, NULL, &old);
	printf("flags %x, handler %d\n", old.sa_flags & ~0x04000000,
	       old.sa_handler == counter);
	raise(SIGUSR2);
	sigaction(SIGUSR2, NULL, &old);
	printf("SA_RESETHAND: %d, default again %d\n", count,
	       old.sa_handler == SIG_DFL);
	CALL(sigaction(SIGKILL, &old, NULL));
	CALL(sigaction(SIGSTOP, NULL, &old));
	CALL(sigaction(65, NULL, &old));
	CALL(signal(SIGUSR2, SIG_IGN) == SIG_DFL);
	CALL(raise(SIGUSR2));
	CALL(kill(getpid(), 0));
	CALL(kill(getpid(), 99));
	CALL(kill(-99999, SIGTERM));
}

static void print_set(const char *what, const sigset_t *set)
{
	printf("%s:", what);
	for (int i = 1; i < 32; i++)
		if (sigismember(set, i) == 1)
			printf(" %s", sigabbrev_np(i));
	putchar('\n');
}

static void masks(void)
{
	sigset_t set, old, none;
	struct timespec soon = { 0, 20000000 };
	siginfo_t info;

	sigemptyset(&none);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	print_set("before", &old);
	sigprocmask(SIG_BLOCK, NULL, &set);
	print_set("all but two", &set);
	count = 0;
	install(SIGUSR1, counter, 0);
	install(SIGTERM, counter, 0);
	for (int i = 0; i < 5; i++)
		raise(SIGUSR1);
	kill(getpid(), SIGTERM);
	sigpending(&set);
	print_set("pending", &set);
	CALL(sigsuspend(&none));
	printf("handled %d\n", count);
	sigpending(&set);
	print_set("pending", &set);
	raise(SIGHUP);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	CALL(sigtimedwait(&set, &info, &soon) == SIGHUP);
	printf("signo %d, from this process %d\n", info.si_signo == SIGHUP,
	       info.si_pid == getpid());
	CALL(sigtimedwait(&set, &info, &soon));
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void details(int number, siginfo_t *info, void *context)
{
	(void)context;
	printf("%s: code %d", sigabbrev_np(number), info->si_code);
	if (number == SIGCHLD)
		printf(", status %d, uid %d", info->si_status,
		       info->si_uid == getuid());
	else if (info->si_code == SI_USER || info->si_code == SI_QUEUE)
		printf(", pid %d, uid %d", info->si_pid == getpid(),
		       info->si_uid == getuid());
	if (info->si_code == SI_QUEUE)
		printf(", value %d", info->si_value.sival_int);
	putchar('\n');
}

static void information(void)
{
	struct sigaction action = { .sa_sigaction = details,
				    .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	sigaction(SIGCHLD, &action, NULL);
	kill(getpid(), SIGUSR1);
	CALL(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 4711 }));
	fflush(stdout);
	if (fork() == 0)
		_exit(33);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	if (fork() == 0) {
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	signal(SIGCHLD, SIG_DFL);
}

static char *stack_low, *stack_high;

static void on_other_stack(int number)
{
	char here;
	stack_t now;

	(void)number;
	sigaltstack(NULL, &now);
	printf("on the other stack: %d, flags %d\n",
	       &here >= stack_low && &here < stack_high, now.ss_flags);
	if (now.ss_flags & SS_ONSTACK)
		CALL(sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL));
}

static void other_stack(void)
{
	stack_t stack = { .ss_size = 32768 };

	stack_low = stack.ss_sp = malloc(stack.ss_size);
	stack_high = stack_low + stack.ss_size;
	CALL(sigaltstack(&stack, NULL));
	install(SIGUSR1, on_other_stack, SA_ONSTACK);
	raise(SIGUSR1);
	install(SIGUSR1, on_other_stack, 0);
	raise(SIGUSR1);
	stack.ss_size = 100;
	CALL(sigaltstack(&stack, NULL));
	stack.ss_flags = SS_DISABLE;
	CALL(sigaltstack(&stack, NULL));
}

/* Prints what a signal's default action makes of a child. */
static void defaults(void)
{
	static const int numbers[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGILL,
				       SIGABRT, SIGFPE,  SIGKILL, SIGSEGV,
				       SIGPIPE, SIGALRM, SIGTERM, SIGUSR2,
				       SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP,
				       SIGTTIN, SIGURG,  SIGWINCH };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const char *end = "killed";
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			signal(numbers[i], SIG_DFL);
			raise(numbers[i]);
			_exit(1);
		}
		waitpid(pid, &status, WUNTRACED);
		if (WIFEXITED(status))
			end = "nothing";
		else if (WIFSTOPPED(status))
			end = "stopped";
		printf("%s: %s\n", sigabbrev_np(numbers[i]), end);
		if (WIFSTOPPED(status)) {
			kill(pid, SIGCONT);
			waitpid(pid, &status, WCONTINUED);
			printf("continued %d\n",
			       WIFCONTINUED(status) || WIFEXITED(status));
			if (!WIFEXITED(status))
				waitpid(pid, &status, 0);
		}
		fflush(stdout);
	}
	if (fork() == 0) {
		install(SIGABRT, counter, 0);
		abort();
	}
	int status;
	wait(&status);
	printf("abort is not stopped by a handler: %d\n",
	       WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
	flags();
	masks();
	information();
	other_stack();
	fflush(stdout);
	defaults();
	return 0;
}
