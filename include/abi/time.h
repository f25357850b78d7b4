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

/* the *_time64 calls */
struct timespec64 {
	long long tv_sec;
	long tv_nsec, pad;
};

struct itimerval {
	struct timeval it_interval, it_value;
};

#define ITIMER_REAL	0
#define ITIMER_VIRTUAL	1
#define ITIMER_PROF	2

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
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME	7

#define TIMER_ABSTIME	1

#endif
