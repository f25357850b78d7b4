#ifndef SYS_TIME_H
#define SYS_TIME_H
#include <abi/time.h>
int gettimeofday(struct timeval *tv, struct timezone *tz);
#endif
