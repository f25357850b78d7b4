/* The dice of a run: a xorshift generator that each process seeds anew. */
#include "fuzz.h"

unsigned dice = 1;

unsigned word(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 17;
	dice ^= dice << 5;
	return dice * 2654435769u;
}

unsigned roll(unsigned sides)
{
	return (word() >> 8) % sides;
}

int chance(unsigned percent)
{
	return roll(100) < percent;
}
