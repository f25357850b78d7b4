/* seq [first [increment]] last */
#include <stdio.h>
#include <util.h>

int main(int argc, char **argv)
{
	long first = 1, step = 1, last;

	util_init(argv[0]);
	if (argc < 2 || argc > 4)
		usage("[first [increment]] last");
	last = number(argv[argc - 1]);
	if (argc > 2)
		first = number(argv[1]);
	if (argc > 3)
		step = number(argv[2]);
	if (step == 0)
		usage("[first [increment]] last");
	for (; step > 0 ? first <= last : first >= last; first += step)
		printf("%ld\n", first);
	return 0;
}
