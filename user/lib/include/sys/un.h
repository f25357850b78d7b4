#ifndef SYS_UN_H
#define SYS_UN_H
#include <sys/socket.h>
#endif
