/* Time structures of the system calls. */
#ifndef ABI_TIME_H
#define ABI_TIME_H

#include <abi/types.h>

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

struct timeval {
	time_t tv_sec;
	suseconds_t tv_usec;
};

struct timezone {
	int tz_minuteswest, tz_dsttime;
};

struct tms {
	clock_t tms_utime, tms_stime, tms_cutime, tms_cstime;
};

struct utimbuf {
	time_t actime, modtime;
};

#define CLOCK_REALTIME	0
#define CLOCK_MONOTONIC	1

#endif
