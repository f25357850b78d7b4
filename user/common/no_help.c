/* The pages of a program that has none: those in tests, for example. */
#include <help.h>

const struct help help_pages[] = { { 0 } };
