/* The names of signals, without SIG (user/lib/signame.c). */
#ifndef SIGNAME_H
#define SIGNAME_H
#define SIGNALS 65 /* signal numbers, real-time ones included */
int signal_number(const char *name);	/* from a name or number; -1: none */
const char *signal_name(int sig);	/* EXIT for 0; NULL: none */
#endif
