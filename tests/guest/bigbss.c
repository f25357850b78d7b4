/*
 * A program with 128 MB of zeroed data. It forks, and the child reads all of
 * it.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (128 << 20)

static char data[SIZE];

int main(void)
{
	int pid, status;
	long sum = 0;

	data[SIZE - 1] = 1;
	pid = fork();
	if (pid == 0) {
		for (long i = 0; i < SIZE; i += 4096) {
			sum += data[i];
			data[i] = 1;
		}
		_exit(sum != 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 2;
	for (long i = 0; i < SIZE - 4096; i += 4096)
		sum += data[i];
	printf("child status %x, parent sum %ld\n", status, sum);
	return status != 0 || sum != 0;
}
