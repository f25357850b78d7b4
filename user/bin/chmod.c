/* chmod mode file...: octal, or [ugoa]*[+-=][rwxst]* separated by commas */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

static mode_t bits_of(const char **s, mode_t who)
{
	mode_t bits = 0;

	for (; **s && **s != ','; (*s)++) {
		switch (**s) {
		case 'r': bits |= who & 0444; break;
		case 'w': bits |= who & 0222; break;
		case 'x': bits |= who & 0111; break;
		case 's': bits |= (who & 0700 ? S_ISUID : 0) | (who & 0070 ? S_ISGID : 0); break;
		case 't': bits |= S_ISVTX; break;
		default: usage("mode file...");
		}
	}
	return bits;
}

static mode_t apply(const char *s, mode_t mode)
{
	while (*s) {
		mode_t who = 0, bits;
		char op;

		for (; *s && strchr("ugoa", *s); s++)
			who |= *s == 'u' ? 0700 : *s == 'g' ? 0070 : *s == 'o' ? 0007 : 0777;
		who = who ? who : 0777;
		op = *s ? *s++ : 0;
		bits = bits_of(&s, who);
		if (op == '+')
			mode |= bits;
		else if (op == '-')
			mode &= ~bits;
		else if (op == '=')
			mode = (mode & ~who) | bits;
		else
			usage("mode file...");
		s += *s == ',';
	}
	return mode;
}

int main(int argc, char **argv)
{
	util_init(argv[0]);
	if (argc < 3)
		usage("mode file...");
	for (int i = 2; i < argc; i++) {
		char *end;
		mode_t mode = strtoul(argv[1], &end, 8);
		struct stat st;

		if (stat(argv[i], &st) < 0 || chmod(argv[i], *end ? apply(argv[1], st.st_mode & 07777) : mode) < 0)
			warn(argv[i]);
	}
	return exit_status;
}
