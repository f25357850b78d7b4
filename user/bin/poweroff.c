/*
 * poweroff
 * Switches the machine off. The kernel writes everything out first.
 */
#include <sys/reboot.h>
#include <util.h>

int main(int argc, char **argv)
{
	(void)argc;
	util_start(argv);
	reboot(LINUX_REBOOT_CMD_POWER_OFF, 0);
	die("reboot");
	return 1;
}
