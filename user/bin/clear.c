/*
 * clear
 * Clears the screen.
 */
#include <unistd.h>

int main(void)
{
	return write(1, "\033[H\033[J", 6) != 6;
}
