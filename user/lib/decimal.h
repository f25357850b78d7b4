/*
 * A number in decimal, with all digits that a double can have: words of nine
 * digits, `POINT` of them before the point. For strtod() and format_double().
 */
#ifndef DECIMAL_H
#define DECIMAL_H
#define POINT	36			/* 2^1024 has 309 digits */
#define WORDS	(POINT + 120)		/* 2^-1074 has 1074 */
#define BASE	1000000000u

struct decimal {
	unsigned words[WORDS];
};

void __decimal_double(struct decimal *d, int times);
void __decimal_halve(struct decimal *d, int times);
#endif
