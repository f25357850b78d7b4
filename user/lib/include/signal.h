#ifndef SIGNAL_H
#define SIGNAL_H
#include <sys/types.h>
#include <abi/signal.h>
#define NSIG 65
typedef unsigned long long sigset_t;
typedef void (*sighandler_t)(int);
#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)
struct sigaction {
	union {
		sighandler_t sa_handler;
		void (*sa_sigaction)(int, siginfo_t *, void *);
	};
	sigset_t sa_mask;
	unsigned long sa_flags;
};
typedef struct ucontext ucontext_t;
sighandler_t signal(int sig, sighandler_t handler);
int sigaction(int sig, const struct sigaction *new, struct sigaction *old);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *set);
int kill(pid_t pid, int sig);
int raise(int sig);
static inline int sigemptyset(sigset_t *set) { *set = 0; return 0; }
static inline int sigfillset(sigset_t *set) { *set = ~0ull; return 0; }
static inline int sigaddset(sigset_t *set, int sig)
{
	*set |= 1ull << (sig - 1);
	return 0;
}
static inline int sigdelset(sigset_t *set, int sig)
{
	*set &= ~(1ull << (sig - 1));
	return 0;
}
static inline int sigismember(const sigset_t *set, int sig)
{
	return *set >> (sig - 1) & 1;
}
#endif
