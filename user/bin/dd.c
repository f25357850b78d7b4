/* dd [if=file] [of=file] [bs=n] [count=n] [skip=n] [seek=n] [conv=notrunc,fsync]; n may end in k or M */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

static const char *input, *output;
static unsigned long bs = 512, count = -1ul, skip, seek;
static int notrunc, do_fsync;

static void bad_usage(void)
{
	usage("[if=file] [of=file] [bs=n] [count=n] [skip=n] [seek=n] [conv=notrunc,fsync]");
}

static unsigned long size(const char *s)
{
	char *end;
	unsigned long value = strtoul(s, &end, 10);

	return *end == 'k' ? value << 10 : *end == 'M' ? value << 20 : value;
}

static void conversions(const char *s)
{
	for (size_t n; *s; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		if (n == 7 && strncmp(s, "notrunc", n) == 0)
			notrunc = 1;
		else if (n == 5 && strncmp(s, "fsync", n) == 0)
			do_fsync = 1;
		else
			bad_usage();
	}
}

static void operand(const char *s)
{
	const char *value = strchr(s, '=');

	if (!value)
		bad_usage();
	value++;
	if (strncmp(s, "if=", 3) == 0)
		input = value;
	else if (strncmp(s, "of=", 3) == 0)
		output = value;
	else if (strncmp(s, "bs=", 3) == 0)
		bs = size(value);
	else if (strncmp(s, "count=", 6) == 0)
		count = size(value);
	else if (strncmp(s, "skip=", 5) == 0)
		skip = size(value);
	else if (strncmp(s, "seek=", 5) == 0)
		seek = size(value);
	else if (strncmp(s, "conv=", 5) == 0)
		conversions(value);
	else
		bad_usage();
}

int main(int argc, char **argv)
{
	unsigned long whole = 0, part = 0;
	int in = 0, out = 1;
	ssize_t n = 0;
	char *buf;

	util_init(argv[0]);
	for (int i = 1; i < argc; i++)
		operand(argv[i]);
	if (input && (in = open(input, O_RDONLY)) < 0)
		die(input);
	if (output && (out = open(output, O_WRONLY | O_CREAT | (seek || notrunc ? 0 : O_TRUNC), 0666)) < 0)
		die(output);
	buf = malloc(bs);
	if (!buf || !bs)
		die("buffer");
	if (skip && lseek(in, skip * bs, SEEK_SET) < 0)
		for (; skip > 0 && read(in, buf, bs) > 0; skip--)
			;
	if (seek && lseek(out, seek * bs, SEEK_SET) < 0)
		die("seek");
	for (; count > 0 && (n = read(in, buf, bs)) > 0; count--) {
		if (write_all(out, buf, n) < 0) {
			warn(output ? output : "standard output");
			break;
		}
		whole += (unsigned long)n == bs;
		part += (unsigned long)n != bs;
	}
	if (n < 0)
		warn(input ? input : "standard input");
	if (do_fsync && fsync(out) < 0)
		warn(output ? output : "standard output");
	fprintf(stderr, "%lu+%lu records\n", whole, part);
	return exit_status;
}
