/* Powers, from what math_fpu.asm has. */
#include <math.h>

/* math_fpu.asm */
long double __log2(double x);
double __two_to_the(long double y);

#define HUGE (1e308 * 10)

double exp(double x)
{
	if (x > 709.8)
		return HUGE;
	if (x < -746)
		return 0;
	return __two_to_the(x * 1.4426950408889634074L);
}

double pow(double x, double y)
{
	double result;

	if (y == 0 || x == 1)
		return 1;
	if (x == 0)
		return y > 0 ? 0 : HUGE;
	if (x < 0 && floor(y) != y)
		return sqrt(x);		/* not a number */
	result = y * __log2(x < 0 ? -x : x);
	if (result > 1024 || result < -1100)
		result = result > 0 ? HUGE : 0;
	else
		result = __two_to_the(y * __log2(x < 0 ? -x : x));
	return x < 0 && fmod(y, 2) != 0 ? -result : result;
}
