/* id: who am I */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("uid=%d gid=%d", getuid(), getgid());
	if (geteuid() != getuid())
		printf(" euid=%d", geteuid());
	putchar('\n');
	return 0;
}
