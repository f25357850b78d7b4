/*
 * Long computations: SHA-256, matrices, big numbers, primes, a permutation of
 * everything. They run for many time slices.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* The constants of SHA-256 are the fractions of roots of the first primes. */
static uint32_t k[64], start[8];

static void make_constants(void)
{
	int n = 0;

	for (int p = 2; n < 64; p++) {
		int prime = 1;

		for (int d = 2; d * d <= p; d++)
			prime &= p % d != 0;
		if (!prime)
			continue;
		long double root = cbrtl(p), square = sqrtl(p);
		k[n] = (uint32_t)((root - floorl(root)) * 4294967296.0L);
		if (n < 8)
			start[n] = (uint32_t)((square - floorl(square)) *
					      4294967296.0L);
		n++;
	}
}

static void block(uint32_t *h, const unsigned char *p)
{
	uint32_t w[64], s[8];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 |
		       p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		       (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^
			w[i - 2] >> 10);
	memcpy(s, h, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = s[7] +
			      (rotate(s[4], 6) ^ rotate(s[4], 11) ^
			       rotate(s[4], 25)) +
			      ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
		uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^
			       rotate(s[0], 22)) +
			      ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

static void sha256(const void *data, size_t n, const char *what)
{
	uint32_t h[8];
	unsigned char last[128] = { 0 };
	size_t full = n / 64 * 64, rest = n - full, end = rest < 56 ? 64 : 128;

	memcpy(h, start, sizeof(h));
	for (size_t i = 0; i < full; i += 64)
		block(h, (const unsigned char *)data + i);
	memcpy(last, (const unsigned char *)data + full, rest);
	last[rest] = 0x80;
	for (int i = 0; i < 8; i++)
		last[end - 1 - i] = (uint64_t)n * 8 >> 8 * i;
	for (size_t i = 0; i < end; i += 64)
		block(h, last + i);
	printf("%s ", what);
	for (int i = 0; i < 8; i++)
		printf("%08x", h[i]);
	putchar('\n');
}

static void hashes(void)
{
	enum { SIZE = 1 << 20 };
	unsigned char *p = malloc(SIZE);

	make_constants();
	sha256("", 0, "empty");
	sha256("abc", 3, "abc");
	for (int i = 0; i < SIZE; i++)
		p[i] = i * 31 + (i >> 8);
	sha256(p, SIZE, "megabyte");
	free(p);
}

enum { ORDER = 120 };
typedef double matrix[ORDER][ORDER];

/* Makes the inverse of a matrix by elimination; b is the unit matrix before. */
static void invert(matrix c, matrix b)
{
	for (int i = 0; i < ORDER; i++) {
		double pivot = c[i][i];

		for (int j = 0; j < ORDER; j++) {
			c[i][j] /= pivot;
			b[i][j] /= pivot;
		}
		for (int r = 0; r < ORDER; r++) {
			double f = c[r][i];

			for (int j = 0; j < ORDER && r != i; j++) {
				c[r][j] -= f * c[i][j];
				b[r][j] -= f * b[i][j];
			}
		}
	}
}

/* Adds the product of a and b to c. */
static void add_product(matrix c, matrix a, matrix b)
{
	for (int i = 0; i < ORDER; i++)
		for (int j = 0; j < ORDER; j++)
			for (int m = 0; m < ORDER; m++)
				c[i][j] += a[i][m] * b[m][j];
}

static void matrices(void)
{
	double(*a)[ORDER] = calloc(1, sizeof(matrix));
	double(*b)[ORDER] = calloc(1, sizeof(matrix));
	double(*c)[ORDER] = calloc(1, sizeof(matrix));
	double trace = 0, worst = 0;

	for (int i = 0; i < ORDER; i++)
		for (int j = 0; j < ORDER; j++) {
			a[i][j] = 1.0 / (i + j + 1) + (i == j) * 3;
			b[i][j] = i == j;
		}
	add_product(c, a, a);
	for (int i = 0; i < ORDER; i++)
		trace += c[i][i];
	printf("trace of the square %.12g\n", trace);
	memcpy(c, a, sizeof(matrix));
	invert(c, b);
	memset(c, 0, sizeof(matrix));
	add_product(c, a, b);
	for (int i = 0; i < ORDER; i++)
		for (int j = 0; j < ORDER; j++)
			worst = fmax(worst, fabs(c[i][j] - (i == j)));
	printf("inverse: first %.10g, good %d\n", b[0][0], worst < 1e-12);
	free(a);
	free(b);
	free(c);
}

/* Returns a checksum of digits of e. Big numbers are lists of four digits. */
static unsigned digits_of_e(void)
{
	enum { DIGITS = 1000, LIMBS = DIGITS / 4 + 5 };
	static unsigned term[LIMBS], sum[LIMBS];
	unsigned n = 1, carry, check = 0;

	term[0] = sum[0] = 1;
	for (int left = 1; left; n++) {
		unsigned long long rest = 0;

		left = 0;
		for (int i = 0; i < LIMBS; i++) {
			rest = rest * 10000 + term[i];
			term[i] = rest / n;
			rest %= n;
			left |= term[i] != 0;
		}
		carry = 0;
		for (int i = LIMBS - 1; i >= 0; i--) {
			carry += sum[i] + term[i];
			sum[i] = carry % 10000;
			carry /= 10000;
		}
	}
	printf("e %u.", sum[0]);
	for (int i = 1; i <= DIGITS / 4; i++) {
		if (i <= 10)
			printf("%04u", sum[i]);
		check = check * 7 + sum[i];
	}
	printf("..., %u terms, check %u\n", n, check);
	return check;
}

/* Prints the end of 2 to the 3000th, and the check of both numbers. */
static void power_of_two(unsigned check)
{
	static unsigned power[300];
	unsigned carry;

	power[0] = 1;
	for (int i = 0; i < 3000; i++) {
		carry = 0;
		for (int j = 0; j < 300; j++) {
			carry += power[j] * 2;
			power[j] = carry % 10000;
			carry /= 10000;
		}
	}
	for (int i = 0; i < 300; i++)
		check = check * 13 + power[i];
	printf("2^3000 ends %04u, check %u\n", power[0], check);
}

static void primes(void)
{
	enum { N = 2000000 };
	char *composite = calloc(1, N);
	int count = 0, last = 0;

	for (int i = 2; i < N; i++) {
		if (composite[i])
			continue;
		count++;
		last = i;
		for (long long j = (long long)i * i; j < N; j += i)
			composite[j] = 1;
	}
	printf("%d primes below %d, the last %d\n", count, N, last);
	free(composite);
}

static void collatz(void)
{
	unsigned longest = 0, from = 0;
	uint64_t highest = 0;

	for (unsigned i = 1; i < 100000; i++) {
		uint64_t n = i;
		unsigned steps = 0;

		for (; n != 1; steps++) {
			n = n % 2 ? 3 * n + 1 : n / 2;
			if (n > highest)
				highest = n;
		}
		if (steps > longest) {
			longest = steps;
			from = i;
		}
	}
	printf("longest %u from %u, highest %llu\n", longest, from,
	       (unsigned long long)highest);
}

/*
 * Repeats everything in several processes at once. Their output must not depend
 * on each other.
 */
int main(void)
{
	hashes();
	matrices();
	fflush(stdout);
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			char name[20];
			FILE *f;

			snprintf(name, sizeof(name), "out%d", i);
			f = freopen(name, "w", stdout);
			hashes();
			matrices();
			if (i == 2)
				collatz();
			fclose(f);
			_exit(0);
		}
	power_of_two(digits_of_e());
	primes();
	while (wait(NULL) > 0)
		;
	fflush(stdout);
	return system("cat out0 out1 out2; rm out0 out1 out2");
}
