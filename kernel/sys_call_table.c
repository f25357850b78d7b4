/* The system-call table. A number without an entry is sys_ni_syscall. The numbers are Linux's (abi/unistd.h). */
#include <cowix/kernel.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/unistd.h>

static asmlinkage int sys_ni_syscall(void)
{
	return -ENOSYS;
}

#define CALL(name)		[__NR_##name] = sys_##name
#define CALL_AS(name, function)	[__NR_##name] = sys_##function

#pragma GCC diagnostic ignored "-Woverride-init"	/* the range below is what the entries override */

const void *const sys_call_table[NR_SYSCALLS] = {
	[0 ... NR_SYSCALLS - 1] = sys_ni_syscall,
	/* processes */
	CALL(exit), CALL(fork), CALL(vfork), CALL(waitpid), CALL(wait4), CALL(execve), CALL(exit_group), CALL(sched_yield), CALL(nice), CALL(getrusage),
	CALL(getpid), CALL(getppid), CALL(setpgid), CALL(getpgid), CALL(getpgrp), CALL(getsid), CALL(setsid),
	CALL_AS(gettid, getpid), CALL(ps),
	CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(setuid), CALL(setgid),
	CALL_AS(getuid32, getuid), CALL_AS(geteuid32, geteuid), CALL_AS(getgid32, getgid), CALL_AS(getegid32, getegid),
	CALL_AS(setuid32, setuid), CALL_AS(setgid32, setgid),
	/* memory */
	CALL(brk), CALL(mm_audit),
	/* signals */
	CALL(kill), CALL(signal), CALL(sigaction), CALL(sigprocmask), CALL(sigpending), CALL(sigsuspend), CALL(sigreturn),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigpending), CALL(rt_sigsuspend), CALL(rt_sigreturn), CALL(pause),
	/* time */
	CALL(time), CALL(stime), CALL(gettimeofday), CALL(clock_gettime), CALL(times), CALL(nanosleep), CALL(alarm),
	/* the system */
	CALL(uname), CALL(sethostname), CALL(sysinfo), CALL(syslog), CALL(reboot),
	/* files */
	CALL(open), CALL(creat), CALL(close), CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64),
	CALL(lseek), CALL(_llseek), CALL(dup), CALL(dup2), CALL(fcntl), CALL_AS(fcntl64, fcntl), CALL(ioctl), CALL(pipe), CALL(pipe2),
	CALL(stat), CALL(lstat), CALL(fstat), CALL(stat64), CALL(lstat64), CALL(fstat64), CALL(statfs), CALL(fstatfs),
	CALL(getdents), CALL(getdents64), CALL(truncate), CALL(ftruncate), CALL(fsync), CALL(sync),
	/* names */
	CALL(mkdir), CALL(rmdir), CALL(link), CALL(unlink), CALL(rename), CALL(symlink), CALL(readlink), CALL(mknod),
	CALL(chmod), CALL(fchmod), CALL_AS(lchown, chown), CALL_AS(chown32, chown), CALL_AS(lchown32, chown), CALL(fchown),
	CALL_AS(fchown32, fchown), CALL(utime), CALL(access), CALL(chdir), CALL(fchdir), CALL(chroot), CALL(getcwd), CALL(umask),
	CALL(mount), CALL(umount), CALL(umount2), CALL(mounts),
};
