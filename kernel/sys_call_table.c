/* The system-call table. A number without an entry is sys_ni_syscall (sys_ni.c). The numbers are Linux's (abi/unistd.h). */
#include <cowix/syscalls.h>
#include <abi/unistd.h>

#define CALL(name)		[__NR_##name] = sys_##name
#define CALL_AS(name, function)	[__NR_##name] = sys_##function

#pragma GCC diagnostic ignored "-Woverride-init"	/* the range below is what the entries override */

const void *const sys_call_table[NR_SYSCALLS] = {
	[0 ... NR_SYSCALLS - 1] = sys_ni_syscall,
	/* processes */
	CALL(exit), CALL(fork), CALL(vfork), CALL(clone), CALL(clone3), CALL(xfork), CALL(waitpid), CALL(wait4), CALL(waitid),
	CALL(execve), CALL(exit_group), CALL(getrusage),
	CALL(getpid), CALL(getppid), CALL(setpgid), CALL(getpgid), CALL(getpgrp), CALL(getsid), CALL(setsid),
	CALL(vhangup),
	CALL(gettid), CALL(ps), CALL(ptrace), CALL(set_tid_address), CALL(set_robust_list), CALL(get_robust_list),
	CALL(set_thread_area), CALL(get_thread_area), CALL(modify_ldt), CALL(futex), CALL(futex_time64),
	CALL(getrlimit), CALL(ugetrlimit), CALL(setrlimit), CALL(prlimit64),
	/* scheduling */
	CALL(sched_yield), CALL(nice), CALL(getpriority), CALL(setpriority), CALL(sched_getscheduler), CALL(sched_setscheduler), CALL(sched_getparam),
	CALL(sched_get_priority_max), CALL(sched_get_priority_min), CALL(sched_setparam),
	CALL(sched_rr_get_interval), CALL(sched_rr_get_interval_time64),
	CALL(sched_getaffinity), CALL(sched_setaffinity), CALL(getcpu), CALL(prctl),
	/* users and groups */
	CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(setuid), CALL(setgid), CALL(setfsuid), CALL(setfsgid),
	CALL_AS(getuid32, getuid), CALL_AS(geteuid32, geteuid), CALL_AS(getgid32, getgid), CALL_AS(getegid32, getegid),
	CALL(setuid32), CALL(setgid32), CALL(setfsuid32), CALL(setfsgid32),
	CALL(setreuid), CALL(setregid), CALL(setreuid32), CALL(setregid32), CALL(setresuid), CALL(setresgid), CALL(setresuid32), CALL(setresgid32),
	CALL(getresuid), CALL(getresgid), CALL(getresuid32), CALL(getresgid32),
	CALL(getgroups), CALL(setgroups), CALL(getgroups32), CALL(setgroups32),
	/* memory */
	CALL(brk), CALL(mmap), CALL(mmap2), CALL(munmap), CALL(mprotect), CALL(madvise), CALL(mlock), CALL(mlock2), CALL(munlock), CALL(mlockall), CALL(munlockall), CALL(mremap), CALL(mincore), CALL(msync),
	CALL(mm_audit), CALL(fail_alloc),
	/* signals */
	CALL(kill), CALL(tkill), CALL(tgkill), CALL(rt_sigqueueinfo), CALL(rt_tgsigqueueinfo), CALL(signal), CALL(sigaction),
	CALL(sigprocmask), CALL(sigpending), CALL(sigsuspend), CALL(sigreturn), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigpending),
	CALL(rt_sigsuspend), CALL(rt_sigreturn), CALL(rt_sigtimedwait), CALL(rt_sigtimedwait_time64), CALL(sigaltstack), CALL(sgetmask),
	CALL(ssetmask), CALL(pause),
	/* time */
	CALL(time), CALL(stime), CALL(gettimeofday), CALL(settimeofday), CALL(clock_gettime), CALL(clock_gettime64), CALL(clock_getres),
	CALL(clock_getres_time64), CALL(clock_settime), CALL(clock_settime64), CALL(clock_nanosleep), CALL(clock_nanosleep_time64),
	CALL(times), CALL(nanosleep), CALL(alarm), CALL(getitimer), CALL(setitimer),
	/* the system */
	CALL(uname), CALL(sethostname), CALL(sysinfo), CALL(syslog), CALL(reboot), CALL(getrandom), CALL(personality),
	/* files */
	CALL(open), CALL(openat), CALL(creat), CALL(close), CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64),
	CALL(preadv), CALL(pwritev),
	CALL(lseek), CALL(_llseek), CALL(dup), CALL(dup2), CALL(dup3), CALL(fcntl), CALL_AS(fcntl64, fcntl), CALL(flock), CALL(ioctl),
	CALL(pipe), CALL(pipe2),
	CALL(stat), CALL(lstat), CALL(fstat), CALL(stat64), CALL(lstat64), CALL(fstat64), CALL(fstatat64), CALL(statx),
	CALL(statfs), CALL(fstatfs), CALL(statfs64), CALL(fstatfs64), CALL(getdents), CALL(getdents64),
	CALL(truncate), CALL(ftruncate), CALL(truncate64), CALL(ftruncate64), CALL(fsync), CALL_AS(fdatasync, fsync), CALL(sync), CALL(syncfs),
	CALL(select), CALL(_newselect), CALL(poll), CALL(pselect6), CALL(pselect6_time64), CALL(ppoll), CALL(ppoll_time64),
	CALL(fadvise64), CALL(fadvise64_64),
	/* names */
	CALL(mkdir), CALL(mkdirat), CALL(rmdir), CALL(link), CALL(linkat), CALL(unlink), CALL(unlinkat), CALL(rename), CALL(renameat),
	CALL(renameat2), CALL(symlink), CALL(symlinkat), CALL(readlink), CALL(readlinkat), CALL(mknod), CALL(mknodat),
	CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(chown), CALL(lchown), CALL(fchown), CALL(chown32), CALL(lchown32), CALL(fchown32),
	CALL(fchownat), CALL(utime), CALL(utimes), CALL(futimesat), CALL(utimensat), CALL(utimensat_time64),
	CALL(access), CALL(faccessat), CALL(faccessat2), CALL(chdir), CALL(fchdir), CALL(chroot), CALL(getcwd), CALL(umask),
	CALL(mount), CALL(umount), CALL(umount2), CALL(mounts), CALL(swapon), CALL(swapoff),
};
