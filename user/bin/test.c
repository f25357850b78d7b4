/*
 * test expression, [ expression ]
 * Evaluates POSIX's operators, with ! -a -o and brackets.
 */
#include <string.h>
#include <test_expression.h>
#include <unistd.h>

/* access() uses the real ids, test needs the effective ones. */
static void use_effective_ids(void)
{
	syscall(__NR_setregid32, getegid(), -1);
	syscall(__NR_setreuid32, geteuid(), -1);
}

int main(int argc, char **argv)
{
	char *slash = strrchr(argv[0], '/');

	if (slash)
		argv[0] = slash + 1;
	use_effective_ids();
	return test_expression(argc, argv);
}
