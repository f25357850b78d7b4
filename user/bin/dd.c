/*
 * dd [if=file] [of=file] [bs=n | ibs=n obs=n] [count=n] [skip=n] [seek=n]
 * [conv=notrunc,sync,noerror,fsync,swab,lcase,ucase] [iflag=fullblock]
 * [oflag=append] [status=none|noxfer]
 * Copies block by block. Numbers may end in c, w, b, k, M, G or kB, MB, GB, and
 * be products: 2x80x18b.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <util.h>

enum {
	NOTRUNC = 1,
	SYNC = 2,
	NOERROR = 4,
	FSYNC = 8,
	SWAB = 16,
	LCASE = 32,
	UCASE = 64,
	EXCL = 128,
	NOCREAT = 256,
	FULLBLOCK = 512,
	APPEND = 1024
};
enum { NONE = 1, NOXFER = 2 };

static const struct name {
	const char *name;
	int value;
} conversions[] = { { "notrunc", NOTRUNC },
		    { "sync", SYNC },
		    { "noerror", NOERROR },
		    { "fsync", FSYNC },
		    { "swab", SWAB },
		    { "lcase", LCASE },
		    { "ucase", UCASE },
		    { "excl", EXCL },
		    { "nocreat", NOCREAT },
		    { "fdatasync", FSYNC },
		    { NULL, 0 } },
  in_flags[] = { { "fullblock", FULLBLOCK }, { NULL, 0 } },
  out_flags[] = { { "append", APPEND }, { NULL, 0 } },
  statuses[] = {
	  { "none", NONE }, { "noxfer", NOXFER }, { "progress", 0 }, { NULL, 0 }
  };

static const char *input, *output;
static unsigned long bs, ibs = 512, obs = 512, count = -1ul, skip, seek;
static int conv, status;
static int in = 0, out = 1;
static unsigned long whole_in, part_in, whole_out, part_out;
static unsigned long long total;
static char *pending;	/* less than an output block, without bs= */
static unsigned long pending_length;
static struct timeval start;

static void bad(const char *what)
{
	complain(what, "not understood");
	usage();
}

static unsigned long suffix(const char **end)
{
	static const char letters[] = "cwbkKMG";
	static const unsigned factors[] = { 1,       2,       512,    1 << 10,
					    1 << 10, 1 << 20, 1 << 30 },
			      thousands[] = { 1,    2,       512,       1000,
					      1000, 1000000, 1000000000 };
	const char *found = **end ? strchr(letters, **end) : NULL;

	if (!found)
		return 1;
	(*end)++;
	if (found - letters >= 3 && **end == 'B') {
		(*end)++;
		return thousands[found - letters];
	}
	return factors[found - letters];
}

static unsigned long size(const char *s)
{
	unsigned long value = 1;
	const char *at = s;

	for (;; at++) {
		if (!isdigit(*at))
			bad(s);
		value *= strtoul(at, (char **)&at, 10);
		value *= suffix(&at);
		if (*at != 'x')
			break;
	}
	if (*at)
		bad(s);
	return value;
}

/* Returns the sum of the values of a list of words. */
static int words(char *list, const struct name *names)
{
	int sum = 0;

	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		const struct name *n = names;

		while (n->name && strcmp(n->name, word) != 0)
			n++;
		if (!n->name)
			bad(word);
		sum |= n->value;
	}
	return sum;
}

static void operand(char *s)
{
	static const struct {
		const char *name;
		unsigned long *value;
	} numbers[] = { { "bs=", &bs },     { "ibs=", &ibs },
			{ "obs=", &obs },   { "count=", &count },
			{ "skip=", &skip }, { "seek=", &seek } };
	char *value = strchr(s, '=');

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strncmp(s, numbers[i].name, strlen(numbers[i].name)) == 0) {
			*numbers[i].value = size(value + 1);
			if (i < 3 && !*numbers[i].value)
				bad(s);
			return;
		}
	if (strncmp(s, "if=", 3) == 0)
		input = value + 1;
	else if (strncmp(s, "of=", 3) == 0)
		output = value + 1;
	else if (strncmp(s, "conv=", 5) == 0)
		conv |= words(value + 1, conversions);
	else if (strncmp(s, "iflag=", 6) == 0)
		conv |= words(value + 1, in_flags);
	else if (strncmp(s, "oflag=", 6) == 0)
		conv |= words(value + 1, out_flags);
	else if (strncmp(s, "status=", 7) == 0)
		status = words(value + 1, statuses);
	else
		bad(s);
}

/* Prints how much was copied and in which time. */
static void report(void)
{
	unsigned long long milliseconds;
	struct timeval now;

	if (status & NONE)
		return;
	fprintf(stderr, "%lu+%lu records in\n%lu+%lu records out\n", whole_in,
		part_in, whole_out, part_out);
	if (status & NOXFER)
		return;
	gettimeofday(&now, NULL);
	milliseconds = (now.tv_sec - start.tv_sec) * 1000ull +
		       (now.tv_usec - start.tv_usec) / 1000;
	fprintf(stderr, "%llu bytes copied, %llu.%03llu s, %llu kB/s\n", total,
		milliseconds / 1000, milliseconds % 1000,
		total / (milliseconds ? milliseconds : 1));
}

static void on_interrupt(int sig)
{
	report();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void write_block(const char *buf, unsigned long n)
{
	if (n == 0)
		return;
	if (write_all(out, buf, n) < 0) {
		warn(output ? output : "standard output");
		report();
		exit(1);
	}
	whole_out += n == obs;
	part_out += n != obs;
	total += n;
}

/* Writes output in blocks of obs bytes. */
static void collect(const char *buf, unsigned long n)
{
	while (n > 0) {
		unsigned long part =
			obs - pending_length < n ? obs - pending_length : n;

		memcpy(pending + pending_length, buf, part);
		pending_length += part;
		buf += part;
		n -= part;
		if (pending_length == obs) {
			write_block(pending, obs);
			pending_length = 0;
		}
	}
}

static void convert(char *buf, unsigned long n)
{
	for (unsigned long i = 0; conv & SWAB && i + 1 < n; i += 2) {
		char c = buf[i];

		buf[i] = buf[i + 1];
		buf[i + 1] = c;
	}
	for (unsigned long i = 0; conv & (LCASE | UCASE) && i < n; i++)
		buf[i] = conv & LCASE ? tolower(buf[i]) : toupper(buf[i]);
}

/*
 * Reads one block. After an error noerror makes an empty one and steps over it.
 * Returns -1 to stop.
 */
static long read_block(char *buf)
{
	unsigned long done = 0;
	ssize_t n;

	do {
		n = read(in, buf + done, ibs - done);
		done += n > 0 ? n : 0;
	} while ((n < 0 && errno == EINTR) ||
		 (n > 0 && conv & FULLBLOCK && done < ibs));
	if (n >= 0 || done)
		return done;
	warn(input ? input : "standard input");
	if (!(conv & NOERROR) || lseek(in, ibs, SEEK_CUR) < 0)
		return -1;
	return -2;
}

static void copy(char *buf)
{
	for (; count > 0; count--) {
		long n = read_block(buf);

		if (n == 0 || n == -1)
			return;
		whole_in += n == (long)ibs;
		part_in += n > 0 && n != (long)ibs;
		if (n < 0)
			n = 0;
		if (conv & SYNC && n < (long)ibs) {
			memset(buf + n, 0, ibs - n);
			n = ibs;
		}
		convert(buf, n);
		if (bs)
			write_block(buf, n);
		else
			collect(buf, n);
	}
}

static void open_files(void)
{
	int flags = O_WRONLY | (conv & NOCREAT ? 0 : O_CREAT) |
		    (conv & EXCL ? O_EXCL : 0) | (conv & APPEND ? O_APPEND : 0);

	if (input && (in = open(input, O_RDONLY)) < 0)
		die(input);
	if (output &&
	    (out = open(output, flags | (seek || conv & NOTRUNC ? 0 : O_TRUNC),
			0666)) < 0)
		die(output);
	if ((skip && skip > 0x7FFFFFFF / ibs) ||
	    (seek && seek > 0x7FFFFFFF / obs)) {
		complain("skip or seek", "beyond 2 GB");
		exit(1);
	}
}

/*
 * Skips input and output. Input that cannot seek is read. The output is
 * truncated where the writing begins, except a device.
 */
static void position(char *buf)
{
	if (skip && lseek(in, skip * ibs, SEEK_CUR) < 0)
		while (skip-- > 0 && read(in, buf, ibs) > 0)
			;
	if (seek && lseek(out, seek * obs, SEEK_CUR) < 0)
		die("seek");
	if (seek && output && !(conv & NOTRUNC))
		ftruncate(out, seek * obs);
}

int main(int argc, char **argv)
{
	char *buf;

	util_start(argv);
	for (int i = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1; i < argc;
	     i++)
		operand(argv[i]);
	if (conv & LCASE && conv & UCASE)
		bad("conv=lcase,ucase");
	if (bs)
		ibs = obs = bs;
	buf = ibs && obs ? malloc(ibs) : NULL;
	pending = buf && !bs ? malloc(obs) : buf;
	if (!buf || !pending)
		die("block size");
	open_files();
	position(buf);
	gettimeofday(&start, NULL);
	signal(SIGINT, on_interrupt);
	copy(buf);
	write_block(pending, pending_length);
	if (conv & FSYNC && fsync(out) < 0)
		warn(output);
	if (close(out) < 0)
		warn(output);
	report();
	return exit_status;
}
