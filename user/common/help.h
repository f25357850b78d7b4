/* What a program says of itself (user/common/help.c), from its pages. */
#ifndef HELP_H
#define HELP_H
struct help {
	const char *name;
	const char *usage;		/* its synopses, one a line */
	const char *summary;		/* and where to read more */
};
/* A page for each name of the program; the last has no name. */
extern const struct help help_pages[];
/* Prints the synopses on standard error. */
void print_usage(const char *name);
/* If --help is the only argument, prints synopses and summary, and exits. */
void answer_help(char **argv);
#endif
