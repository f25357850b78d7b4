/* The names of signals, without SIG in front of them (user/lib/signame.c). */
#ifndef SIGNAME_H
#define SIGNAME_H
int signal_number(const char *name);	/* of a name or a number; -1: there is none */
const char *signal_name(int sig);	/* EXIT for 0; NULL: it has none */
#endif
