/* Shared by tests of signals: masks, and handlers that record each signal. */
#ifndef CATCH_H
#define CATCH_H
#include <check.h>
#include <signal.h>

#define SIGRTMIN 34	/* Linux's C libraries keep 32 and 33 */

static volatile int count, last;
static siginfo_t info;

static inline void note(int sig)
{
	last = sig;
	count++;
}

static inline void note_info(int sig, siginfo_t *si, void *context)
{
	(void)context;
	note(sig);
	info = *si;
}

static inline void handle(int sig, sighandler_t handler, unsigned flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static inline void handle_with(int sig,
			       void (*handler)(int, siginfo_t *, void *),
			       unsigned flags)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | flags };

	CHECK(sigaction(sig, &action, NULL) == 0);
}

static inline sigset_t set_of(int sig)
{
	return 1ull << (sig - 1);
}

static inline void block(sigset_t set)
{
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static inline void unblock(sigset_t set)
{
	CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
}
#endif
