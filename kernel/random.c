/*
 * A small random number generator (xorshift, G. Marsaglia, "Xorshift RNGs",
 * 2003), stirred with the tick count.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>

#define SEED	2463534242u

static u32 state = SEED;

/* For AT_RANDOM and the like, not for keys. */
u32 random_u32(void)
{
	state ^= jiffies;
	if (!state)
		state = SEED;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/*
 * getrandom(): good enough for hash seeds and stack guards, but not for
 * secrets. Anybody who knows the boot time can predict the numbers.
 */
int sys_getrandom(u8 __user *buf, u32 size, u32 flags)
{
	u32 done = 0;

	if (flags & ~7u)
		return -EINVAL;
	size = min_u32(size, 0x1FFFFFF);
	while (done < size) {
		u32 word = random_u32(), n = min_u32(size - done, sizeof(word));

		if (copy_to_user(buf + done, &word, n) < 0)
			return done ? (int)done : -EFAULT;
		done += n;
	}
	return done;
}
