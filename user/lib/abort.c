#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

void abort(void)
{
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}
