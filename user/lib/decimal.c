/* Doubles and halves a number in decimal. */
#include "decimal.h"

#define STEP 29				/* 2^29 < BASE */

static void shift_left(struct decimal *d, int n)
{
	unsigned long long carry = 0;

	for (int i = WORDS - 1; i >= 0; i--) {
		carry += (unsigned long long)d->words[i] << n;
		if (!carry)
			continue;
		d->words[i] = carry % BASE;
		carry /= BASE;
	}
}

/* What is lost behind the last digit makes that odd: it is not 0, nor 5. */
static void shift_right(struct decimal *d, int n)
{
	unsigned long long carry = 0;

	for (int i = 0; i < WORDS; i++) {
		carry = carry * BASE + d->words[i];
		d->words[i] = carry >> n;
		carry &= (1u << n) - 1;
	}
	if (carry)
		d->words[WORDS - 1] |= 1;
}

void __decimal_double(struct decimal *d, int times)
{
	for (; times > 0; times -= STEP)
		shift_left(d, times < STEP ? times : STEP);
}

void __decimal_halve(struct decimal *d, int times)
{
	for (; times > 0; times -= STEP)
		shift_right(d, times < STEP ? times : STEP);
}
