/*
 * All system calls, grouped by the file that defines them. Arguments come from
 * a program and are not to be trusted.
 */
#ifndef COWIX_SYSCALLS_H
#define COWIX_SYSCALLS_H

#include <cowix/types.h>
#include <abi/signal.h>

#define NR_SYSCALLS 517

extern const void *const sys_call_table[NR_SYSCALLS];

struct timeval;
struct timespec;
struct timezone;
struct tms;
struct rusage;
struct utsname;
struct sysinfo;
struct task_info;
struct audit_report;
struct old_stat;
struct stat64;
struct statfs;
struct iovec;
struct mmsghdr;
struct msghdr;
struct utimbuf;
struct timespec64;
struct itimerval;
struct rlimit;
struct rlimit64;
struct clone_args;
struct user_desc;
struct pollfd;
struct statx;
struct statfs64;
struct epoll_event;
struct itimerspec;
struct itimerspec64;
struct sigevent;

/* kernel/task/fork.c */
int sys_fork(void);
int sys_vfork(void);
int sys_xfork(u32 policy, u32 stack);

/* kernel/task/clone.c */
int sys_clone(u32 flags, u32 stack, u32 parent_tid, u32 tls, u32 child_tid);
int sys_clone3(const struct clone_args __user *user_args, u32 size);
int sys_unshare(u32 flags);

/* kernel/task/exit.c */
int sys_exit(int status);
int sys_exit_group(int status);

/* kernel/task/waitpid.c */
int sys_getrusage(int who, struct rusage __user *buf);
int sys_wait4(int pid, int __user *status, int options,
	      struct rusage __user *usage);
int sys_waitpid(int pid, int __user *status, int options);
int sys_waitid(int type, int id, struct siginfo __user *user_info, int options,
	       struct rusage __user *usage);

/* kernel/task/sys.c */
int sys_getpid(void);
int sys_gettid(void);
int sys_getppid(void);
int sys_setpgid(int pid, int pgrp);
int sys_getpgid(int pid);
int sys_getpgrp(void);
int sys_getsid(int pid);
int sys_setsid(void);
int sys_sysinfo(struct sysinfo __user *buf);
int sys_ps(struct task_info __user *buf, int max, int start);
int sys_reboot(u32 magic1, u32 magic2, u32 command, u32 argument);
int sys_personality(u32 persona);

/* kernel/task/priority.c */
int sys_nice(int increment);
int sys_getpriority(int which, u32 who);
int sys_setpriority(int which, u32 who, int nice);
int sys_sched_getscheduler(int pid);
int sys_sched_getparam(int pid, u32 __user *priority);
int sys_sched_setscheduler(int pid, int policy,
			   const u32 __user *user_priority);
int sys_sched_setparam(int pid, const u32 __user *priority);
int sys_sched_get_priority_max(int policy);
int sys_sched_get_priority_min(int policy);
int sys_sched_rr_get_interval(int pid, struct timespec __user *to);
int sys_sched_rr_get_interval_time64(int pid, struct timespec64 __user *to);
int sys_sched_getaffinity(int pid, u32 size, u32 __user *mask);
int sys_sched_setaffinity(int pid, u32 size, const u8 __user *mask);
int sys_getcpu(u32 __user *cpu, u32 __user *node);

/* kernel/task/sched.c */
int sys_sched_yield(void);

/* kernel/task/prctl.c */
int sys_prctl(int option, u32 arg, u32 third, u32 fourth, u32 fifth);

/* kernel/task/rlimit.c */
int sys_ugetrlimit(u32 resource, struct rlimit __user *buf);
int sys_getrlimit(u32 resource, struct rlimit __user *buf);
int sys_setrlimit(u32 resource, const struct rlimit __user *user_limit);
int sys_prlimit64(int pid, u32 resource, const struct rlimit64 __user *new,
		  struct rlimit64 __user *old);

/* kernel/task/cred.c */
int sys_getuid(void);
int sys_geteuid(void);
int sys_getgid(void);
int sys_getegid(void);
int sys_setuid32(u32 uid);
int sys_setgid32(u32 gid);
int sys_setreuid32(u32 real, u32 effective);
int sys_setregid32(u32 real, u32 effective);
int sys_setresuid32(u32 real, u32 effective, u32 saved);
int sys_setresgid32(u32 real, u32 effective, u32 saved);
int sys_setuid(u32 uid);
int sys_setgid(u32 gid);
int sys_setreuid(u32 real, u32 effective);
int sys_setregid(u32 real, u32 effective);
int sys_setresuid(u32 real, u32 effective, u32 saved);
int sys_setresgid(u32 real, u32 effective, u32 saved);
int sys_getresuid32(u32 __user *real, u32 __user *effective, u32 __user *saved);
int sys_getresgid32(u32 __user *real, u32 __user *effective, u32 __user *saved);
int sys_getresuid(u16 __user *real, u16 __user *effective, u16 __user *saved);
int sys_getresgid(u16 __user *real, u16 __user *effective, u16 __user *saved);
int sys_setfsuid32(u32 uid);
int sys_setfsgid32(u32 gid);
int sys_setfsuid(u32 uid);
int sys_setfsgid(u32 gid);
int sys_getgroups(int size, u16 __user *list);
int sys_getgroups32(int size, u32 __user *list);
int sys_setgroups(int size, const u16 __user *list);
int sys_setgroups32(int size, const u32 __user *list);

/* kernel/task/ptrace.c */
int sys_ptrace(u32 request, int pid, u32 addr, u32 data);

/* kernel/task/ptrace_memory.c */
int sys_process_vm_readv(int pid, const struct iovec __user *local, u32 n,
			 const struct iovec __user *remote, u32 remote_n,
			 u32 flags);
int sys_process_vm_writev(int pid, const struct iovec __user *local, u32 n,
			  const struct iovec __user *remote, u32 remote_n,
			  u32 flags);

/* kernel/task/futex.c */
int sys_futex(u32 addr, int op, u32 value, u32 timeout, u32 addr2, u32 value3);
int sys_futex_time64(u32 addr, int op, u32 value, u32 timeout, u32 addr2,
		     u32 value3);
int sys_set_robust_list(u32 head, u32 size);
int sys_get_robust_list(int pid, u32 __user *head, u32 __user *size);
int sys_set_tid_address(u32 addr);

/* kernel/task/tls.c */
int sys_set_thread_area(struct user_desc __user *user_desc);
int sys_get_thread_area(struct user_desc __user *user_desc);
int sys_modify_ldt(int function, void __user *buf, u32 size);

/* kernel/signal/sigaction.c */
int sys_rt_sigaction(int sig, const struct kernel_sigaction __user *new,
		     struct kernel_sigaction __user *old, u32 setsize);
int sys_sigaction(int sig, const struct old_sigaction __user *new,
		  struct old_sigaction __user *old);
int sys_signal(int sig, u32 handler);
int sys_rt_sigprocmask(int how, const u64 __user *set, u64 __user *old,
		       u32 setsize);
int sys_sigprocmask(int how, const u32 __user *set, u32 __user *old);
int sys_rt_sigpending(u64 __user *set, u32 setsize);
int sys_sigpending(u32 __user *set);
int sys_pause(void);
int sys_rt_sigsuspend(const u64 __user *set, u32 setsize);
int sys_sigsuspend(int unused1, int unused2, u32 mask);
int sys_rt_sigtimedwait(const u64 __user *set, struct siginfo __user *info,
			const struct timespec __user *timeout, u32 setsize);
int sys_rt_sigtimedwait_time64(const u64 __user *set,
			       struct siginfo __user *info,
			       const struct timespec64 __user *timeout,
			       u32 setsize);
int sys_sigaltstack(const stack_t __user *user_new, stack_t __user *user_old);
int sys_sgetmask(void);
int sys_ssetmask(u32 mask);

/* kernel/signal/sigframe.c */
int sys_sigreturn(void);
int sys_rt_sigreturn(void);

/* kernel/signal/kill.c */
int sys_kill(int pid, int sig);
int sys_tgkill(int tgid, int pid, int sig);
int sys_tkill(int pid, int sig);
int sys_rt_sigqueueinfo(int pid, int sig,
			const struct siginfo __user *user_info);
int sys_rt_tgsigqueueinfo(int tgid, int pid, int sig,
			  const struct siginfo __user *info);

/* kernel/time/clock.c */
int sys_time(u32 __user *seconds);
int sys_stime(const u32 __user *seconds);
int sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz);
int sys_settimeofday(const struct timeval __user *user_tv,
		     const struct timezone __user *tz);
int sys_clock_gettime(int clock, struct timespec __user *to);
int sys_clock_gettime64(int clock, struct timespec64 __user *to);
int sys_clock_getres(int clock, struct timespec __user *to);
int sys_clock_getres_time64(int clock, struct timespec64 __user *to);
int sys_clock_settime(int clock, const struct timespec __user *from);
int sys_clock_settime64(int clock, const struct timespec64 __user *from);
int sys_times(struct tms __user *buf);
int sys_clock_nanosleep(int clock, int flags,
			const struct timespec __user *asked,
			struct timespec __user *user_left);
int sys_clock_nanosleep_time64(int clock, int flags,
			       const struct timespec64 __user *asked,
			       struct timespec64 __user *user_left);
int sys_nanosleep(const struct timespec __user *asked,
		  struct timespec __user *left);

/* kernel/time/posix_timer.c */
int sys_timer_create(int asked, const struct sigevent __user *user_event,
		     int __user *user_id);
int sys_timer_settime(int id, int flags, const struct itimerspec __user *new,
		      struct itimerspec __user *old);
int sys_timer_settime64(int id, int flags,
			const struct itimerspec64 __user *new,
			struct itimerspec64 __user *old);
int sys_timer_gettime(int id, struct itimerspec __user *to);
int sys_timer_gettime64(int id, struct itimerspec64 __user *to);
int sys_timer_getoverrun(int id);
int sys_timer_delete(int id);

/* kernel/time/itimer.c */
int sys_alarm(u32 seconds);
int sys_getitimer(int which, struct itimerval __user *buf);
int sys_setitimer(int which, const struct itimerval __user *new,
		  struct itimerval __user *old);

/* kernel/chr_drv/tty.c */
int sys_vhangup(void);

/* kernel/debug/audit.c */
int sys_mm_audit(struct audit_report __user *out, u32 flags);

/* kernel/debug/fail.c */
int sys_fail_alloc(u32 n, u32 what);

/* kernel/log.c */
int sys_syslog(int type, char __user *buf, int size);

/* kernel/random.c */
int sys_getrandom(u8 __user *buf, u32 size, u32 flags);

/* kernel/sys_ni.c */
int sys_ni_syscall(void);
int sys_rseq(void);

/* kernel/uname.c */
int sys_uname(struct utsname __user *buf);
int sys_sethostname(const char __user *name, int length);

/* mm/madvise.c */
int sys_madvise(u32 addr, u32 length, u32 advice);

/* mm/mapping.c */
int sys_munmap(u32 addr, u32 length);
int sys_mprotect(u32 addr, u32 length, u32 prot);
int sys_mremap(u32 addr, u32 old_length, u32 new_length, u32 flags,
	       u32 new_addr);
int sys_mincore(u32 addr, u32 length, u8 __user *vector);

/* mm/mlock.c */
int sys_mlock(u32 addr, u32 length);
int sys_mlock2(u32 addr, u32 length, u32 flags);
int sys_munlock(u32 addr, u32 length);
int sys_mlockall(u32 flags);
int sys_munlockall(void);

/* mm/space.c */
int sys_brk(u32 addr);

#include <cowix/syscalls_fs.h>

#endif
