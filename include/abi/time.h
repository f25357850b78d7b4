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
#define CLOCK_TAI	11

#define TIMER_ABSTIME	1

/* A CPU-time clock: ~pid << 3, CPUCLOCK_THREAD, and what is counted. */
#define CPUCLOCK_PROF	0		/* user and system time */
#define CPUCLOCK_VIRT	1		/* user time */
#define CPUCLOCK_SCHED	2		/* both, as the scheduler counts */
#define CPUCLOCK_KIND	3
#define CPUCLOCK_THREAD	4
#define CPUCLOCK_OF_SELF (~0u << 3)

#define TFD_TIMER_ABSTIME	1
#define TFD_TIMER_CANCEL_ON_SET	2
#define TFD_CLOEXEC	02000000
#define TFD_NONBLOCK	00004000

struct itimerspec {
	struct timespec it_interval, it_value;
};

struct itimerspec64 {
	struct timespec64 it_interval, it_value;
};

#endif
