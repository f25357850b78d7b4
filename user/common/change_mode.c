/*
 * Parses modes for chmod and find: octal, or [ugoa]*([+-=][rwxXst]*|[ugo])+
 * separated by commas.
 */
#include <string.h>
#include <sys/stat.h>
#include <util.h>

#define ALL_BITS	07777
#define OCTAL_DIGITS	4

/* Returns the bits that a letter of u, g, o and a stands for. */
static mode_t whose(char c)
{
	switch (c) {
	case 'u': return S_ISUID | S_IRWXU;
	case 'g': return S_ISGID | S_IRWXG;
	case 'o': return S_ISVTX | S_IRWXO;
	default: return ALL_BITS;
	}
}

/* Returns how far left the bits of u, g or o are. */
static int shift_of(char c)
{
	if (c == 'u')
		return 6;
	return c == 'g' ? 3 : 0;
}

/*
 * Returns the permissions behind an operator, for everybody. They are copied
 * from u, g or o, or given by letters.
 */
static mode_t permissions(const char **s, mode_t mode)
{
	static const char letters[] = "rwxst";
	static const mode_t values[] = { 0444, 0222, 0111, S_ISUID | S_ISGID,
					 S_ISVTX };
	mode_t bits = 0;
	const char *found;

	if (**s == 'u' || **s == 'g' || **s == 'o') {
		int shift = shift_of(**s);

		(*s)++;
		return (mode >> shift & 7) * 0111;
	}
	for (; **s; (*s)++) {
		if (**s == 'X')
			bits |= S_ISDIR(mode) || mode & 0111 ? 0111 : 0;
		else if ((found = strchr(letters, **s)))
			bits |= values[found - letters];
		else
			break;
	}
	return bits;
}

/*
 * Applies one operator and its permissions. A directory keeps its set-ID bits
 * unless they are named.
 */
static mode_t change(const char **s, mode_t mode, mode_t who, mode_t mask)
{
	char op = *(*s)++;
	mode_t bits = permissions(s, mode), affected = who ? who : ALL_BITS;

	if (S_ISDIR(mode) && !(bits & (S_ISUID | S_ISGID)))
		affected &= ~(S_ISUID | S_ISGID);
	bits &= who ? who : ~mask;
	if (op == '+')
		return mode | bits;
	return op == '-' ? mode & ~bits : (mode & ~affected) | bits;
}

static long octal(const char *s, mode_t old)
{
	size_t digits = strspn(s, "01234567");
	long mode = 0;

	if (s[digits])
		return -1;
	for (const char *p = s; *p && mode <= ALL_BITS; p++)
		mode = mode * 8 + *p - '0';
	if (S_ISDIR(old) && digits <= OCTAL_DIGITS)
		mode |= old & (S_ISUID | S_ISGID);
	return mode <= ALL_BITS ? mode : -1;
}

long change_mode(const char *s, mode_t old, mode_t mask)
{
	mode_t mode = old;

	if (*s >= '0' && *s <= '9')
		return octal(s, old);
	for (;; s++) {
		mode_t who = 0;

		for (; *s && strchr("ugoa", *s); s++)
			who |= whose(*s);
		if (!*s || !strchr("+-=", *s))
			return -1;
		while (*s && strchr("+-=", *s))
			mode = change(&s, mode, who, mask);
		if (*s != ',')
			return *s ? -1 : (long)(mode & ALL_BITS);
	}
}
