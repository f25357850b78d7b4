/* Signals by the rt_ system calls. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

int __rt_sigaction(int sig, const void *new, void *old, unsigned size);
int __rt_sigprocmask(int how, const sigset_t *set, sigset_t *old,
		     unsigned size);
int __rt_sigpending(sigset_t *set, unsigned size);
int __rt_sigsuspend(const sigset_t *set, unsigned size);
void __sigreturn(void);
void __rt_sigreturn(void);

int sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
	struct kernel_sigaction k, before;

	if (new)
		k = (struct kernel_sigaction){
			(void *)new->sa_handler,
			new->sa_flags | SA_RESTORER,
			(void *)(new->sa_flags &SA_SIGINFO ? __rt_sigreturn
							   : __sigreturn),
			{ (unsigned long)new->sa_mask,
			  (unsigned long)(new->sa_mask >> 32) },
		};
	if (__rt_sigaction(sig, new ? &k : NULL, &before, sizeof(sigset_t)) < 0)
		return -1;
	if (old) {
		old->sa_handler = (sighandler_t)before.sa_handler;
		old->sa_flags = before.sa_flags & ~SA_RESTORER;
		old->sa_mask = (sigset_t)before.sa_mask[1] << 32 |
			       before.sa_mask[0];
	}
	return 0;
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction new = { .sa_handler = handler,
				 .sa_flags = SA_RESTART },
			 old;

	return sigaction(sig, &new, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return __rt_sigprocmask(how, set, old, sizeof(*set));
}

int sigpending(sigset_t *set)
{
	return __rt_sigpending(set, sizeof(*set));
}

int sigsuspend(const sigset_t *set)
{
	return __rt_sigsuspend(set, sizeof(*set));
}

int raise(int sig)
{
	return kill(getpid(), sig);
}
