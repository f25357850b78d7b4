#include <stdlib.h>

static unsigned state = 1;

void srand(unsigned seed)
{
	state = seed;
}

int rand(void)
{
	state = state * 1103515245u + 12345u;
	return state >> 16 & 0x7FFF;
}
