/* sync: write everything to the disks */
#include <unistd.h>

int main(void)
{
	sync();
	return 0;
}
