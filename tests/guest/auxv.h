/* The auxiliary vector, which lies behind the environment. */
#ifndef GUEST_AUXV_H
#define GUEST_AUXV_H

#include <unistd.h>
#include <abi/elf.h>

/* Returns an entry's value, or -1 if there is none. */
static inline unsigned aux(unsigned type)
{
	unsigned *at = (unsigned *)environ;

	while (*at)
		at++;
	for (at++; at[0] != AT_NULL; at += 2)
		if (at[0] == type)
			return at[1];
	return -1;
}

#endif
