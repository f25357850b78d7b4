#ifndef SYS_REBOOT_H
#define SYS_REBOOT_H
#include <abi/reboot.h>
int reboot(unsigned command, unsigned argument);
#endif
