/* Types that cross the system-call boundary, as Linux i386 has them. */
#ifndef ABI_TYPES_H
#define ABI_TYPES_H

typedef int pid_t;
typedef unsigned int uid_t, gid_t, mode_t, nlink_t;
typedef unsigned int dev_t, ino_t;
typedef long off_t, time_t, clock_t, suseconds_t;
typedef long long loff_t;
typedef int ssize_t;

/* make sparse checks that the kernel follows none of these pointers. */
#ifdef __CHECKER__
#define __user __attribute__((noderef, address_space(1)))
#define __force __attribute__((force))
#else
#define __user				/* a pointer that came from a program */
#define __force
#endif

#endif
