/* The text of programs without a page, like those in tests. */
#include <help.h>

const char help_text[] = "";
