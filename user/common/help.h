/* What a program says of itself (user/common/help.c), from its pages. */
#ifndef HELP_H
#define HELP_H
/*
 * A text for each name of the program, with a NUL behind it; the last is empty.
 * A text has the synopses, a tab, and the summary.
 */
extern const char help_text[];
/* Prints the synopses on standard error. */
void print_usage(const char *name);
/* If --help is the only argument, prints synopses and summary, and exits. */
void answer_help(char **argv);
#endif
