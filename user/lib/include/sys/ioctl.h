#ifndef SYS_IOCTL_H
#define SYS_IOCTL_H
#include <abi/termios.h>
int ioctl(int fd, unsigned long command, ...);
#endif
