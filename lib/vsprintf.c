/* Formatted output into a buffer, for printk and the few others. */
#include <cowix/kernel.h>

/* One conversion: %[-0][width][.precision][l|ll]type */
struct spec {
	bool left, zero;
	int width, precision;	/* precision -1: none */
	int longs;
};

struct output {
	char *buf;
	size_t size, length;	/* length counts also what did not fit */
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->buf[out->length] = c;
	out->length++;
}

static void pad(struct output *out, char c, int n)
{
	while (n-- > 0)
		put(out, c);
}

static void put_text(struct output *out, const struct spec *spec, const char *s,
		     int n)
{
	if (!spec->left)
		pad(out, ' ', spec->width - n);
	for (int i = 0; i < n; i++)
		put(out, s[i]);
	if (spec->left)
		pad(out, ' ', spec->width - n);
}

static void put_number(struct output *out, struct spec *spec, u64 value,
		       bool negative, u32 base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24];
	int at = sizeof(text),
	    minimum = spec->precision >= 0 ? spec->precision : 1;

	if (spec->zero && !spec->left && spec->precision < 0)
		minimum = spec->width - negative;
	for (; (value || (int)sizeof(text) - at < minimum) && at > 1;
	     value /= base)
		text[--at] = digits[value % base];
	if (negative)
		text[--at] = '-';
	put_text(out, spec, text + at, sizeof(text) - at);
}

static const char *parse_spec(const char *fmt, struct spec *spec)
{
	*spec = (struct spec){ .precision = -1 };
	for (; *fmt == '-' || *fmt == '0'; fmt++) {
		spec->left |= *fmt == '-';
		spec->zero |= *fmt == '0';
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		spec->width = spec->width * 10 + *fmt - '0';
	if (*fmt == '.')
		for (spec->precision = 0, fmt++; *fmt >= '0' && *fmt <= '9';
		     fmt++)
			spec->precision = spec->precision * 10 + *fmt - '0';
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs += *fmt == 'l';
	return fmt;
}

static void put_string(struct output *out, struct spec *spec, const char *s)
{
	if (!s)
		s = "(null)";
	put_text(out, spec, s,
		 spec->precision >= 0 ? strnlen(s, spec->precision)
				      : strlen(s));
}

static void convert_integer(struct output *out, struct spec *spec, char type,
			    va_list *ap)
{
	s64 value;

	if (type == 'd') {
		value = spec->longs > 1 ? va_arg(*ap, s64) : va_arg(*ap, s32);
		put_number(out, spec, value < 0 ? -(u64)value : (u64)value,
			   value < 0, 10, false);
		return;
	}
	value = spec->longs > 1 ? (s64)va_arg(*ap, u64) : (s64)va_arg(*ap, u32);
	put_number(out, spec, value, false,
		   type == 'u'   ? 10
		   : type == 'o' ? 8
				 : 16,
		   type == 'X');
}

static void convert(struct output *out, struct spec *spec, char type,
		    va_list *ap)
{
	char c;

	switch (type) {
	case 'p':
		spec->precision = 8;
		put_number(out, spec, va_arg(*ap, u32), false, 16, false);
		break;
	case 'c':
		c = va_arg(*ap, int);
		put_text(out, spec, &c, 1);
		break;
	case 's':
		put_string(out, spec, va_arg(*ap, const char *));
		break;
	case '%':
		put(out, '%');
		break;
	default:
		convert_integer(out, spec, type, ap);
	}
}

/*
 * Format into buf, always with a NUL if size > 0; the length it would have had
 * without the limit.
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
		fmt = parse_spec(fmt + 1, &spec);
		if (!*fmt)
			break;
		convert(&out, &spec, *fmt, &ap);
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
