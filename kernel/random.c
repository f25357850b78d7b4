/* A small generator (xorshift, G. Marsaglia, "Xorshift RNGs", 2003), stirred with the tick count. */
#include <cowix/kernel.h>
#include <cowix/time.h>

static u32 state = 2463534242u;

u32 random_u32(void)
{
	state ^= jiffies;
	if (!state)
		state = 2463534242u;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}
