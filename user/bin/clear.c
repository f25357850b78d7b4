/*
 * clear
 * Clears the screen.
 */
#include <help.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argc;
	answer_help(argv);
	return write(1, "\033[H\033[J", 6) != 6;
}
