/*
 * Floating-point arithmetic, bit for bit: rounding modes, exceptions,
 * denormals, conversions, comparisons. Built for SSE and for the x87.
 */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static const char *const mode_names[] = { "nearest", "down", "up", "zero" };
static const int modes[] = { FE_TONEAREST, FE_DOWNWARD, FE_UPWARD,
			     FE_TOWARDZERO };

static void bits(const char *what, double x)
{
	uint64_t u;

	memcpy(&u, &x, 8);
	printf("%s %016llx %.17g\n", what, (unsigned long long)u, x);
}

static void rounding(void)
{
	volatile double third = 3, one = 1, half = 2.5, minus = -2.5;

	for (int i = 0; i < 4; i++) {
		fesetround(modes[i]);
		printf("%s: ", mode_names[i]);
		printf("%a %a ", one / third, -one / third);
		printf("%g %g %ld %ld %lld ", rint(half), rint(minus),
		       lrint(half), lrint(minus), llrint(1e15 + 0.5));
		printf("%d %d %.2f %.0f\n", (int)half, (int)minus, 0.125, 2.5);
	}
	fesetround(FE_TONEAREST);
}

static void show_flags(const char *what)
{
	int raised = fetestexcept(FE_ALL_EXCEPT);

	printf("%s:%s%s%s%s%s\n", what, raised & FE_INVALID ? " invalid" : "",
	       raised & FE_DIVBYZERO ? " zero" : "",
	       raised & FE_OVERFLOW ? " overflow" : "",
	       raised & FE_UNDERFLOW ? " underflow" : "",
	       raised & FE_INEXACT ? " inexact" : "");
	feclearexcept(FE_ALL_EXCEPT);
}

static void exceptions(void)
{
	volatile double zero = 0, one = 1, big = DBL_MAX, small = DBL_MIN, r;
	volatile int n;

	feclearexcept(FE_ALL_EXCEPT);
	r = one / zero;
	show_flags("1/0");
	r = zero / zero;
	show_flags("0/0");
	r = big * big;
	show_flags("big*big");
	r = small * small;
	show_flags("small*small");
	r = one / 3;
	show_flags("1/3");
	r = sqrt(-one);
	show_flags("sqrt(-1)");
	n = (int)r;
	show_flags("(int)nan");
	n = (int)(big / 2);
	show_flags("(int)big");
	r = one + one;
	show_flags("1+1");
	printf("%d\n", n);
}

static void values(void)
{
	volatile double tiny = 5e-324, x = 0.1, sum = 0, nan = NAN,
			inf = INFINITY;
	volatile float single = 16777216.0f;
	volatile long double ext = 1.0L;

	bits("tiny", tiny);
	bits("tiny/2", tiny / 2);
	bits("tiny*3", tiny * 3);
	for (int i = 0; i < 10; i++)
		sum += x;
	bits("ten tenths", sum);
	bits("-0", -0.0);
	bits("inf-inf is a nan", isnan(inf - inf));
	bits("next", nextafter(1, 2));
	bits("fma", fma(0.1, 10, -1));
	bits("float", single + 1.0f);
	bits("float to int", (int)(single * 100));
	bits("unsigned", (unsigned)4e9);
	bits("long long", (long long)-9.2e18);
	bits("from u64", (double)0xFFFFFFFFFFFFF401ULL);
	bits("to float", (float)0.1);
	for (int i = 0; i < 70; i++)
		ext /= 2;
	printf("extended %La %.21Lg\n", 1.0L + ext * 64 * 128, 1.0L / 3);
	printf("%d %d %d %d %d\n", nan == nan, nan<1, !(nan >= 1), inf> DBL_MAX,
	       -0.0 == 0.0);
	printf("%d %d %d %d %d\n", fpclassify(tiny) == FP_SUBNORMAL,
	       isinf(-inf), signbit(-0.0) != 0, isnormal(x), isfinite(nan));
}

static void parts(void)
{
	static const double xs[] = { 0.75, -8, 1e300, 123.456, 1e-310 };
	int exponent;
	double whole;

	for (int i = 0; i < 5; i++) {
		double fraction = frexp(xs[i], &exponent),
		       rest = modf(xs[i], &whole);

		printf("%a %d %.17g %g %a %d\n", fraction, exponent, rest,
		       whole, ldexp(fraction, exponent / 2), ilogb(xs[i]));
		printf("  %g %g %g %g %g %.17g\n", floor(xs[i]), ceil(xs[i]),
		       trunc(xs[i]), round(xs[i]), fmod(xs[i], 0.7),
		       remainder(xs[i], 0.7));
	}
	printf("%a %a %a\n", sqrt(2), cbrt(27), hypot(3, 4));
}

/*
 * Computed by signal handlers. Neither they nor other processes may disturb a
 * computation.
 */
static volatile double disturbance;

static void disturb(int number)
{
	fesetround(FE_UPWARD);
	for (int i = 1; i < 50; i++)
		disturbance += sqrt(i + number);
	feclearexcept(FE_ALL_EXCEPT);
}

static double series(int from)
{
	double sum = 0;

	for (int i = from; i < 300000; i += 2)
		sum += (i % 4 < 2 ? 1.0 : -1.0) / (2 * i + 1) +
		       1.0 / ((double)i * i + from);
	return sum;
}

static void disturbed(void)
{
	fflush(stdout);
	for (int i = 1; i <= 3; i++)
		if (fork() == 0) {
			fesetround(modes[i]);
			_exit(series(i) == series(i) ? i : 0);
		}
	fesetround(FE_DOWNWARD);
	signal(SIGUSR1, disturb);
	for (int i = 1; i <= 3; i++) {
		double alone = series(i), again;

		raise(SIGUSR1);
		again = series(i);
		printf("series %a, the same %d, mode kept %d\n", alone,
		       alone == again, fegetround() == FE_DOWNWARD);
	}
	fesetround(FE_TONEAREST);
	int status, sum = 0;
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	printf("children %d\n", sum);
}

int main(void)
{
	rounding();
	exceptions();
	values();
	parts();
	disturbed();
	return 0;
}
