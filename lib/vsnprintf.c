/*
 * Formatted output into a buffer, for the kernel and for programs. Conversions:
 * %[-0+ #][width][.precision][h|l|ll|z] and one of d i u x X o c s p %. Width
 * and precision may be *.
 */
#include <cowix/lib.h>
#include <cowix/types.h>

#define DIGITS_MAX	64		/* of a number, with leading zeroes */

struct spec {
	bool left, zero, plus, space, alternate;
	int width, precision;		/* precision -1: none */
	int longs;
};

struct output {
	char *buf;
	size_t size, length;		/* length even if it did not fit */
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buf[out->length] = c;
	out->length++;
}

static void pad(struct output *out, int n)
{
	while (n-- > 0)
		put(out, ' ');
}

static void put_text(struct output *out, const struct spec *spec, const char *s,
		     int n)
{
	if (!spec->left)
		pad(out, spec->width - n);
	for (int i = 0; i < n; i++)
		put(out, s[i]);
	if (spec->left)
		pad(out, spec->width - n);
}

/* Returns how many digits a number has at least. */
static int min_digits(const struct spec *spec, int sign_length)
{
	int digits = spec->precision >= 0 ? spec->precision : 1;
	int room = spec->width - sign_length;

	if (spec->zero && !spec->left && spec->precision < 0 && room > digits)
		digits = room;
	return digits < DIGITS_MAX ? digits : DIGITS_MAX;
}

/* Puts a number behind its sign or prefix. */
static void put_number(struct output *out, const struct spec *spec, u64 value,
		       const char *sign, u32 base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int sign_length = strlen(sign), minimum = min_digits(spec, sign_length);
	char text[DIGITS_MAX + 2], *end = text + sizeof(text), *s = end;

	for (; value >> 32; value /= base)
		*--s = digits[value % base];
	for (u32 rest = value; rest || end - s < minimum; rest /= base)
		*--s = digits[rest % base];
	while (sign_length > 0)
		*--s = sign[--sign_length];
	put_text(out, spec, s, end - s);
}

static void put_signed(struct output *out, const struct spec *spec, s64 value)
{
	const char *sign = "";

	if (value < 0)
		sign = "-";
	else if (spec->plus)
		sign = "+";
	else if (spec->space)
		sign = " ";
	put_number(out, spec, value < 0 ? -(u64)value : (u64)value, sign, 10,
		   false);
}

static void put_unsigned(struct output *out, const struct spec *spec, u64 value,
			 char type)
{
	const char *prefix = "";
	u32 base = 16;

	if (type == 'u')
		base = 10;
	else if (type == 'o')
		base = 8;
	if (spec->alternate && base == 16 && value)
		prefix = "0x";
	else if (spec->alternate && base == 8)
		prefix = "0";
	put_number(out, spec, value, prefix, base, type == 'X');
}

static void put_string(struct output *out, const struct spec *spec,
		       const char *s)
{
	if (!s)
		s = "(null)";
	put_text(out, spec, s, strnlen(s, spec->precision));
}

/* Puts the next argument. Returns false if there is no such conversion. */
static bool put_argument(struct output *out, const struct spec *spec, char type,
			 va_list *ap)
{
	char c;

	switch (type) {
	case 'd':
	case 'i':
		put_signed(out, spec, spec->longs > 1 ? va_arg(*ap, s64)
						      : va_arg(*ap, s32));
		return true;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(out, spec, spec->longs > 1 ? va_arg(*ap, u64)
							: va_arg(*ap, u32),
			     type);
		return true;
	case 'p':
		put_number(out, spec, va_arg(*ap, u32), "0x", 16, false);
		return true;
	case 's':
		put_string(out, spec, va_arg(*ap, const char *));
		return true;
	case 'c':
		c = va_arg(*ap, int);
		put_text(out, spec, &c, 1);
		return true;
	}
	return false;
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		if (*fmt == '-')
			spec->left = true;
		else if (*fmt == '0')
			spec->zero = true;
		else if (*fmt == '+')
			spec->plus = true;
		else if (*fmt == ' ')
			spec->space = true;
		else if (*fmt == '#')
			spec->alternate = true;
		else
			return fmt;
	}
}

static const char *number_or_star(const char *fmt, int *value, va_list *ap)
{
	if (*fmt == '*') {
		*value = va_arg(*ap, int);
		return fmt + 1;
	}
	for (*value = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
		*value = *value * 10 + *fmt - '0';
	return fmt;
}

/* Reads what is between % and the type. Returns the type's place. */
static const char *parse_spec(const char *fmt, struct spec *spec, va_list *ap)
{
	*spec = (struct spec){ .precision = -1 };
	fmt = parse_flags(fmt, spec);
	fmt = number_or_star(fmt, &spec->width, ap);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*fmt == '.')
		fmt = number_or_star(fmt + 1, &spec->precision, ap);
	for (; *fmt == 'l' || *fmt == 'z' || *fmt == 'h'; fmt++)
		spec->longs += *fmt == 'l';
	return fmt;
}

/*
 * Formats into buf, with a NUL if size > 0. Returns the length that the text
 * would have without a limit.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct output out = { buf, size, 0 };
	struct spec spec;
	va_list ap;

	va_copy(ap, args);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &spec, &ap);
		if (!*fmt)
			break;
		if (!put_argument(&out, &spec, *fmt, &ap))
			put(&out, *fmt);	/* %%, or no conversion */
	}
	va_end(ap);
	if (size)
		buf[min_u32(out.length, size - 1)] = '\0';
	return out.length;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
