/* The names of signals, without SIG in front of them (user/lib/signame.c). */
#ifndef SIGNAME_H
#define SIGNAME_H
#define SIGNALS 65			/* numbers, with the real-time ones */
int signal_number(const char *name);	/* of a name or number; -1: none */
const char *signal_name(int sig);	/* EXIT for 0; NULL: it has none */
#endif
