#ifndef TERMIOS_H
#define TERMIOS_H
#include <abi/termios.h>
int tcgetattr(int fd, struct termios *t);
int tcsetattr(int fd, int when, const struct termios *t);
int tcdrain(int fd);
int tcflush(int fd, int which);
void cfmakeraw(struct termios *t);
#endif
