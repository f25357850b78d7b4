/*
 * Formatted output: the conversions d i u x X o c s p % with flags - 0 + space
 * #, width, precision (also *), and l, ll, z, h.
 */
#include <stdio.h>
#include <string.h>

struct output {
	char *buf;
	size_t size, length;
};

struct spec {
	int left, zero, plus, space, alternate, width, precision, longs;
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

static void put_padded(struct output *out, const struct spec *s,
		       const char *text, int n)
{
	if (!s->left)
		pad(out, ' ', s->width - n);
	for (int i = 0; i < n; i++)
		put(out, text[i]);
	if (s->left)
		pad(out, ' ', s->width - n);
}

static void put_number(struct output *out, const struct spec *s,
		       unsigned long long value, const char *sign,
		       unsigned base, int upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[72];
	int at = sizeof(text), minimum = s->precision >= 0 ? s->precision : 1,
	    sign_length = strlen(sign);

	if (s->zero && !s->left && s->precision < 0 &&
	    s->width - sign_length > minimum)
		minimum = s->width - sign_length;
	if (minimum > 64)
		minimum = 64;
	while (value || (int)sizeof(text) - at < minimum) {
		if (value >> 32) {
			text[--at] = digits[value % base];
			value /= base;
		} else {
			text[--at] = digits[(unsigned)value % base];
			value = (unsigned)value / base;
		}
	}
	while (sign_length > 0)
		text[--at] = sign[--sign_length];
	put_padded(out, s, text + at, sizeof(text) - at);
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

static const char *parse(const char *fmt, struct spec *s, va_list *ap)
{
	*s = (struct spec){ .precision = -1 };
	for (;; fmt++) {
		if (*fmt == '-')
			s->left = 1;
		else if (*fmt == '0')
			s->zero = 1;
		else if (*fmt == '+')
			s->plus = 1;
		else if (*fmt == ' ')
			s->space = 1;
		else if (*fmt == '#')
			s->alternate = 1;
		else
			break;
	}
	fmt = number_or_star(fmt, &s->width, ap);
	if (s->width < 0) {
		s->left = 1;
		s->width = -s->width;
	}
	if (*fmt == '.')
		fmt = number_or_star(fmt + 1, &s->precision, ap);
	for (; *fmt == 'l' || *fmt == 'z' || *fmt == 'h'; fmt++)
		s->longs += *fmt == 'l';
	return fmt;
}

static void convert_signed(struct output *out, const struct spec *s,
			   va_list *ap)
{
	long long value = s->longs > 1 ? va_arg(*ap, long long)
				       : va_arg(*ap, int);
	const char *sign = value < 0  ? "-"
			   : s->plus  ? "+"
			   : s->space ? " "
				      : "";

	put_number(out, s,
		   value < 0 ? -(unsigned long long)value
			     : (unsigned long long)value,
		   sign, 10, 0);
}

static void convert_unsigned(struct output *out, const struct spec *s,
			     va_list *ap, char type)
{
	unsigned long long value = s->longs > 1
					   ? va_arg(*ap, unsigned long long)
					   : va_arg(*ap, unsigned);
	unsigned base = type == 'u' ? 10 : type == 'o' ? 8 : 16;

	put_number(out, s, value,
		   s->alternate && value && base == 16 ? "0x"
		   : s->alternate && base == 8         ? "0"
						       : "",
		   base, type == 'X');
}

static void convert_string(struct output *out, const struct spec *s,
			   const char *text)
{
	if (!text)
		text = "(null)";
	put_padded(out, s, text,
		   s->precision >= 0 ? (int)strnlen(text, s->precision)
				     : (int)strlen(text));
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct output out = { buf, size, 0 };
	struct spec s;
	va_list ap;
	char c;

	va_copy(ap, args);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&out, *fmt);
			continue;
		}
		fmt = parse(fmt + 1, &s, &ap);
		if (*fmt == 'd' || *fmt == 'i')
			convert_signed(&out, &s, &ap);
		else if (*fmt && strchr("uxXo", *fmt))
			convert_unsigned(&out, &s, &ap, *fmt);
		else if (*fmt == 'p') {
			s.alternate = 1;
			put_number(&out, &s, va_arg(ap, unsigned), "0x", 16, 0);
		} else if (*fmt == 's')
			convert_string(&out, &s, va_arg(ap, const char *));
		else if (*fmt == 'c') {
			c = va_arg(ap, int);
			put_padded(&out, &s, &c, 1);
		} else if (*fmt)
			put(&out, *fmt);
		else
			break;
	}
	va_end(ap);
	if (size)
		buf[out.length < size ? out.length : size - 1] = '\0';
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

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, 0x7FFFFFFF, fmt, ap);
	va_end(ap);
	return n;
}
