/*
 * The mathematical library over a table of arguments, to eleven digits. Special
 * values are exact.
 */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include "say.h"

static const struct {
	const char *name;
	double (*f)(double);
} functions[] = {
	{ "sin", sin },       { "cos", cos },     { "tan", tan },
	{ "asin", asin },     { "acos", acos },   { "atan", atan },
	{ "sinh", sinh },     { "cosh", cosh },   { "tanh", tanh },
	{ "asinh", asinh },   { "acosh", acosh }, { "atanh", atanh },
	{ "exp", exp },       { "exp2", exp2 },   { "expm1", expm1 },
	{ "log", log },       { "log2", log2 },   { "log10", log10 },
	{ "log1p", log1p },   { "sqrt", sqrt },   { "cbrt", cbrt },
	{ "erf", erf },       { "erfc", erfc },   { "tgamma", tgamma },
	{ "lgamma", lgamma }, { "j0", j0 },       { "y1", y1 },
	{ "logb", logb },
};
static const double arguments[] = { 0.0,  0.5,   -0.5,     1.0,      -1.0,
				    2.25, 10.0,  100.5,    1e-8,     1e6,
				    -1e6, 700.0, INFINITY, -INFINITY };

static void number(double x)
{
	if (isnan(x))
		printf(" nan");
	else if (fabs(x) < 1e-12)
		printf(" 0");
	else
		printf(" %.11g", x);
}

static void one_argument(void)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		printf("%s", functions[i].name);
		for (size_t j = 0; j < sizeof(arguments) / sizeof(*arguments);
		     j++)
			number(functions[i].f(arguments[j]));
		putchar('\n');
	}
}

static void two_arguments(void)
{
	static const double xs[] = { -2, -0.5, 0, 0.5, 3, 1e3 };

	for (int i = 0; i < 6; i++) {
		for (int j = 0; j < 6; j++) {
			number(pow(xs[i], xs[j]));
			number(atan2(xs[i], xs[j]));
			number(fmod(xs[i], xs[j]));
			number(hypot(xs[i], xs[j]));
		}
		putchar('\n');
	}
}

/*
 * Sums over many arguments. That finds a wrong branch which the table misses.
 */
static void sums(void)
{
	double s = 0, e = 0, p = 0;
	float f = 0;
	long double l = 0;

	for (int i = 1; i <= 20000; i++) {
		double x = i * 0.37;

		s += sin(x) * cos(x / 3) + atan(x);
		e += exp(-x / 1000) + log(x);
		p += pow(x, 0.7) - tan(x / 7400);
		f += sinf(x) + expf(-x / 5000);
		l += sinl(x) * log1pl(x) + powl(x, 0.3L);
	}
	printf("sums %.10g %.10g %.10g %.4g %.12Lg\n", s, e, p, f, l);
}

static void identities(void)
{
	double worst = 0;

	for (int i = -1000; i <= 1000; i++) {
		double x = i / 97.0,
		       a = fabs(sin(x) * sin(x) + cos(x) * cos(x) - 1),
		       b = fabs(log(exp(x)) - x);

		worst = fmax(worst, fmax(a, b));
	}
	printf("identities hold: %d\n", worst < 1e-14);
}

static void errors(void)
{
	volatile double minus = -1, zero = 0, huge = 1e5;

	errno = 0;
	number(log(minus));
	printf(" %s,", errno ? strerrorname_np(errno) : "0");
	errno = 0;
	number(exp(huge));
	printf(" %s,", errno ? strerrorname_np(errno) : "0");
	errno = 0;
	number(log(zero));
	printf(" %s\n", errno ? strerrorname_np(errno) : "0");
}

static void complex_numbers(void)
{
	double complex z = 3 + 4 * I, w = cexp(I * M_PI / 3);

	printf("%g %.9g+%.9gi %.9g+%.9gi\n", cabs(z), creal(csqrt(z)),
	       cimag(csqrt(z)), creal(w * z), cimag(w * z));
}

int main(void)
{
	one_argument();
	two_arguments();
	sums();
	identities();
	errors();
	complex_numbers();
	return 0;
}
