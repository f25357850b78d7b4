/*
 * time [-p] command [arg...]
 * Runs a command. Prints on standard error how long it took, and how much of
 * that in the program and in the kernel.
 */
#include <run.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <util.h>

/* Prints one line: a name and seconds. */
static void show(const char *name, long seconds, long microseconds)
{
	fprintf(stderr, "%s %ld.%02ld\n", name, seconds, microseconds / 10000);
}

int main(int argc, char **argv)
{
	struct rusage used = { 0 };
	struct timeval start, end;
	int option, status;

	util_start(argv);
	while ((option = getopt(argc, argv, "p")) != -1)
		if (option == '?')
			usage();
	if (optind == argc)
		return 0;
	gettimeofday(&start, NULL);
	status = run_program(argv + optind, &used);
	gettimeofday(&end, NULL);
	if (status < 0)
		die(argv[optind]);
	end.tv_sec -= start.tv_sec + (end.tv_usec < start.tv_usec);
	end.tv_usec += end.tv_usec < start.tv_usec ? 1000000 - start.tv_usec
						   : -start.tv_usec;
	show("real", end.tv_sec, end.tv_usec);
	show("user", used.ru_utime.tv_sec, used.ru_utime.tv_usec);
	show("sys", used.ru_stime.tv_sec, used.ru_stime.tv_usec);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
