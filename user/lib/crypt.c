/*
 * Password hashing with SHA-256: the method $5$ of "Unix crypt using SHA-256
 * and SHA-512" (U. Drepper, 2007, in the public domain). The step numbers below
 * are those of that text. A hash reads $5$[rounds=N$]salt$hash.
 */
#include <crypt.h>
#include <errno.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS		5000
#define ROUNDS_MIN	1000
#define ROUNDS_MAX	999999999
#define SALT_MAX	16
#define KEY_MAX		128

/* Adds n bytes of a hash, which is repeated as often as needed. */
static void add_repeated(struct sha256 *s, const unsigned char *hash, size_t n)
{
	for (; n > SHA256_SIZE; n -= SHA256_SIZE)
		sha256_add(s, hash, SHA256_SIZE);
	sha256_add(s, hash, n);
}

/* Steps 1 to 12: computes digest A from the key, the salt and digest B. */
static void first_digest(const char *key, size_t key_length, const char *salt,
			 size_t salt_length, unsigned char *a)
{
	unsigned char b[SHA256_SIZE];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, key, key_length);
	sha256_add(&s, salt, salt_length);
	sha256_add(&s, key, key_length);
	sha256_end(&s, b);
	sha256_init(&s);
	sha256_add(&s, key, key_length);
	sha256_add(&s, salt, salt_length);
	add_repeated(&s, b, key_length);
	for (size_t n = key_length; n > 0; n >>= 1) {
		if (n & 1)
			sha256_add(&s, b, SHA256_SIZE);
		else
			sha256_add(&s, key, key_length);
	}
	sha256_end(&s, a);
}

/*
 * Steps 13 to 20: computes the sequence P or S, as long as the key or salt. It
 * is a hash of many copies of the text.
 */
static void sequence(const char *text, size_t length, unsigned copies,
		     unsigned char *to)
{
	unsigned char hash[SHA256_SIZE];
	struct sha256 s;

	sha256_init(&s);
	while (copies-- > 0)
		sha256_add(&s, text, length);
	sha256_end(&s, hash);
	for (size_t i = 0; i < length; i++)
		to[i] = hash[i % SHA256_SIZE];
}

/* Step 21: does the rounds, which make the hash slow. */
static void stretch(unsigned char *a, const unsigned char *p, size_t key_length,
		    const unsigned char *salt, size_t salt_length, long rounds)
{
	struct sha256 s;

	for (long i = 0; i < rounds; i++) {
		sha256_init(&s);
		sha256_add(&s, i & 1 ? p : a, i & 1 ? key_length : SHA256_SIZE);
		if (i % 3)
			sha256_add(&s, salt, salt_length);
		if (i % 7)
			sha256_add(&s, p, key_length);
		sha256_add(&s, i & 1 ? a : p, i & 1 ? SHA256_SIZE : key_length);
		sha256_end(&s, a);
	}
}

/*
 * Step 22: writes the hash as 43 characters, four for three bytes. The method
 * gives the order of the bytes.
 */
static void encode(const unsigned char *a, char *to)
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz";
	int x = 0, y = 10, z = 20;

	for (int i = 0; i < 10; i++) {
		unsigned bits = a[x] << 16 | a[y] << 8 | a[z];
		int first = x;

		for (int k = 0; k < 4; k++, bits >>= 6)
			*to++ = digits[bits & 63];
		x = z + 1;
		z = y + 1;
		y = first + 1;
	}
	for (unsigned k = 0, bits = a[31] << 8 | a[30]; k < 3; k++, bits >>= 6)
		*to++ = digits[bits & 63];
	*to = '\0';
}

char *crypt(const char *key, const char *setting)
{
	static char result[8 + 18 + SALT_MAX + 44];
	unsigned char a[SHA256_SIZE], p[KEY_MAX], s[SALT_MAX];
	size_t key_length = strnlen(key, KEY_MAX), salt_length;
	long rounds = ROUNDS;
	char *out = result;

	if (strncmp(setting, "$5$", 3) != 0) {
		errno = EINVAL;
		return NULL;
	}
	setting += 3;
	out += sprintf(out, "$5$");
	if (strncmp(setting, "rounds=", 7) == 0) {
		rounds = strtoul(setting + 7, (char **)&setting, 10);
		if (rounds < ROUNDS_MIN)
			rounds = ROUNDS_MIN;
		if (rounds > ROUNDS_MAX)
			rounds = ROUNDS_MAX;
		setting += *setting == '$';
		out += sprintf(out, "rounds=%ld$", rounds);
	}
	salt_length = strcspn(setting, "$");
	salt_length = salt_length > SALT_MAX ? SALT_MAX : salt_length;
	out += sprintf(out, "%.*s$", (int)salt_length, setting);
	first_digest(key, key_length, setting, salt_length, a);
	sequence(key, key_length, key_length, p);
	sequence(setting, salt_length, 16 + a[0], s);
	stretch(a, p, key_length, s, salt_length, rounds);
	encode(a, out);
	return result;
}
