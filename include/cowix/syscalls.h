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

/* fs/attr.c */
int sys_truncate64(const char __user *path, s64 size);
int sys_truncate(const char __user *path, s32 size);
int sys_ftruncate64(int fd, s64 size);
int sys_ftruncate(int fd, s32 size);
int sys_fallocate(int fd, u32 mode, s64 start, s64 length);
int sys_fchmodat(int dirfd, const char __user *path, u32 mode);
int sys_chmod(const char __user *path, u32 mode);
int sys_fchmod(int fd, u32 mode);
int sys_fchownat(int dirfd, const char __user *path, u32 uid, u32 gid,
		 u32 flags);
int sys_chown32(const char __user *path, u32 uid, u32 gid);
int sys_lchown32(const char __user *path, u32 uid, u32 gid);
int sys_fchown32(int fd, u32 uid, u32 gid);
int sys_chown(const char __user *path, u32 uid, u32 gid);
int sys_lchown(const char __user *path, u32 uid, u32 gid);
int sys_fchown(int fd, u32 uid, u32 gid);
int sys_faccessat2(int dirfd, const char __user *path, int mode, u32 flags);
int sys_faccessat(int dirfd, const char __user *path, int mode);
int sys_access(const char __user *path, int mode);
int sys_readlinkat(int dirfd, const char __user *path, char __user *buf,
		   int size);
int sys_readlink(const char __user *path, char __user *buf, int size);
int sys_utime(const char __user *path, const struct utimbuf __user *user_times);
int sys_futimesat(int dirfd, const char __user *path,
		  const struct timeval __user *user_times);
int sys_utimes(const char __user *path, const struct timeval __user *times);
int sys_utimensat(int dirfd, const char __user *path,
		  const struct timespec __user *user_times, u32 flags);
int sys_utimensat_time64(int dirfd, const char __user *path,
			 const struct timespec64 __user *user_times, u32 flags);

/* fs/exec.c */
int sys_execve(const char __user *path, const u32 __user *argv,
	       const u32 __user *envp);

/* fs/fcntl.c */
int sys_fcntl(int fd, int command, u32 arg);
int sys_flock(int fd, u32 operation);

/* fs/file_table.c */
int sys_close(int fd);
int sys_close_range(u32 first, u32 last, u32 flags);
int sys_dup(int fd);
int sys_dup2(int fd, int to);
int sys_dup3(int fd, int to, u32 flags);

/* fs/filemap.c */
int sys_mmap2(u32 addr, u32 length, u32 prot, u32 flags, int fd, u32 page);
int sys_mmap(const u32 __user *user_args);
int sys_msync(u32 addr, u32 length, u32 flags);

/* fs/fs_struct.c */
int sys_chdir(const char __user *path);
int sys_fchdir(int fd);
int sys_chroot(const char __user *path);
int sys_umask(u32 mask);
int sys_getcwd(char __user *buf, u32 size);

/* fs/ioctl.c */
int sys_ioctl(int fd, u32 command, u32 arg);

/* fs/mount.c */
int sys_mount(const char __user *device, const char __user *dir,
	      const char __user *type, u32 flags, const void __user *data);
int sys_umount2(const char __user *path, u32 flags);
int sys_umount(const char __user *path);
int sys_mounts(char __user *buf, u32 size);

/* fs/namei_ops.c */
int sys_mkdirat(int dirfd, const char __user *path, u32 mode);
int sys_mkdir(const char __user *path, u32 mode);
int sys_mknodat(int dirfd, const char __user *path, u32 mode, u32 dev);
int sys_mknod(const char __user *path, u32 mode, u32 dev);
int sys_symlinkat(const char __user *user_target, int dirfd,
		  const char __user *path);
int sys_symlink(const char __user *target, const char __user *path);
int sys_unlinkat(int dirfd, const char __user *path, u32 flags);
int sys_unlink(const char __user *path);
int sys_rmdir(const char __user *path);
int sys_linkat(int old_dirfd, const char __user *old, int new_dirfd,
	       const char __user *new, u32 flags);
int sys_link(const char __user *old, const char __user *new);
int sys_renameat2(int old_dirfd, const char __user *old, int new_dirfd,
		  const char __user *new, u32 flags);
int sys_renameat(int old_dirfd, const char __user *old, int new_dirfd,
		 const char __user *new);
int sys_rename(const char __user *old, const char __user *new);

/* fs/open.c */
int sys_openat(int dirfd, const char __user *path, int flags, u32 mode);
int sys_open(const char __user *path, int flags, u32 mode);
int sys_creat(const char __user *path, u32 mode);

/* fs/pipe.c */
int sys_pipe2(int __user *fds, int flags);
int sys_pipe(int __user *fds);

/* fs/read_write.c */
int sys_read(int fd, char __user *buf, u32 count);
int sys_write(int fd, const char __user *buf, u32 count);
int sys_pread64(int fd, char __user *buf, u32 count, loff_t pos);
int sys_pwrite64(int fd, const char __user *buf, u32 count, loff_t pos);
int sys_fadvise64_64(int fd, loff_t start, loff_t length,
				int advice);
int sys_fadvise64(int fd, loff_t start, u32 length, int advice);

/* fs/readdir.c */
int sys_getdents(int fd, void __user *buf, u32 size);
int sys_getdents64(int fd, void __user *buf, u32 size);

/* fs/readv.c */
int sys_readv(int fd, const struct iovec __user *vector, int count);
int sys_writev(int fd, const struct iovec __user *vector, int count);
int sys_preadv(int fd, const struct iovec __user *vector, int count,
	       loff_t pos);
int sys_pwritev(int fd, const struct iovec __user *vector, int count,
		loff_t pos);
int sys_preadv2(int fd, const struct iovec __user *vector, int count,
		loff_t pos, u32 flags);
int sys_pwritev2(int fd, const struct iovec __user *vector, int count,
		 loff_t pos, u32 flags);

/* fs/seek.c */
int sys_lseek(int fd, s32 offset, int whence);
int sys__llseek(int fd, u32 high, u32 low, loff_t __user *result, int whence);

/* fs/select.c */
int sys_poll(struct pollfd __user *fds, u32 n, int milliseconds);
int sys_ppoll(struct pollfd __user *fds, u32 n, struct timespec __user *timeout,
	      const u64 __user *mask, u32 size);
int sys_ppoll_time64(struct pollfd __user *fds, u32 n,
		     struct timespec64 __user *timeout, const u64 __user *mask,
		     u32 size);
int sys__newselect(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
		   struct timeval __user *timeout);
int sys_select(const u32 __user *user_args);
int sys_pselect6(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
		 struct timespec __user *timeout,
		 const u32 __user *mask_and_size);
int sys_pselect6_time64(int n, u32 __user *in, u32 __user *out, u32 __user *ex,
			struct timespec64 __user *timeout,
			const u32 __user *mask_and_size);

/* fs/sendfile.c */
int sys_sendfile64(int out, int in, loff_t __user *user_pos, u32 count);
int sys_sendfile(int out, int in, u32 __user *user_pos, u32 count);
int sys_copy_file_range(int in, loff_t __user *in_pos, int out,
			loff_t __user *out_pos, u32 count, u32 flags);

/* fs/epoll.c */
int sys_epoll_create(int size);
int sys_epoll_create1(int flags);
int sys_epoll_ctl(int epfd, int op, int fd,
		  const struct epoll_event __user *user_event);

/* fs/epoll_wait.c */
int sys_epoll_wait(int fd, struct epoll_event __user *to, int max,
		   int milliseconds);
int sys_epoll_pwait(int fd, struct epoll_event __user *to, int max,
		    int milliseconds, const u64 __user *mask, u32 size);
int sys_epoll_pwait2(int fd, struct epoll_event __user *to, int max,
		     const struct timespec64 __user *timeout,
		     const u64 __user *mask, u32 size);

/* fs/eventfd.c */
int sys_eventfd(u32 count);
int sys_eventfd2(u32 count, int flags);

/* fs/timerfd.c */
int sys_timerfd_create(int clock, int flags);
int sys_timerfd_settime(int fd, int flags, const struct itimerspec __user *new,
			struct itimerspec __user *old);
int sys_timerfd_settime64(int fd, int flags,
			  const struct itimerspec64 __user *new,
			  struct itimerspec64 __user *old);
int sys_timerfd_gettime(int fd, struct itimerspec __user *to);
int sys_timerfd_gettime64(int fd, struct itimerspec64 __user *to);

/* fs/signalfd.c */
int sys_signalfd(int fd, const u64 __user *set, u32 size);
int sys_signalfd4(int fd, const u64 __user *user_set, u32 size, int flags);

/* fs/stat.c */
int sys_stat(const char __user *path, struct old_stat __user *buf);
int sys_lstat(const char __user *path, struct old_stat __user *buf);
int sys_stat64(const char __user *path, struct stat64 __user *buf);
int sys_lstat64(const char __user *path, struct stat64 __user *buf);
int sys_fstatat64(int dirfd, const char __user *path, struct stat64 __user *buf,
		  u32 flags);
int sys_fstat(int fd, struct old_stat __user *buf);
int sys_fstat64(int fd, struct stat64 __user *buf);
int sys_statx(int dirfd, const char __user *path, u32 flags, u32 mask,
	      struct statx __user *buf);
int sys_statfs(const char __user *path, struct statfs __user *buf);
int sys_statfs64(const char __user *path, u32 size,
		 struct statfs64 __user *buf);
int sys_fstatfs(int fd, struct statfs __user *buf);
int sys_fstatfs64(int fd, u32 size, struct statfs64 __user *buf);

/* fs/swapon.c */
int sys_swapon(const char __user *path, u32 flags);
int sys_swapoff(const char __user *path);

/* fs/sync.c */
int sys_sync(void);
int sys_fsync(int fd);
int sys_syncfs(int fd);

/* fs/xattr.c */
int sys_setxattr(const char __user *path, const char __user *name,
		 const void __user *value, u32 size, u32 flags);
int sys_lsetxattr(const char __user *path, const char __user *name,
		  const void __user *value, u32 size, u32 flags);
int sys_fsetxattr(int fd, const char __user *name, const void __user *value,
		  u32 size, u32 flags);
int sys_getxattr(const char __user *path, const char __user *name);
int sys_lgetxattr(const char __user *path, const char __user *name);
int sys_fgetxattr(int fd, const char __user *name);
int sys_listxattr(const char __user *path);
int sys_llistxattr(const char __user *path);
int sys_flistxattr(int fd);

/* net/create.c */
int sys_socket(int family, int type, int protocol);
int sys_socketpair(int family, int type, int protocol, int __user *fds);

/* net/address.c */
int sys_getsockname(int fd, void __user *address, int __user *length);
int sys_getpeername(int fd, void __user *address, int __user *length);

/* net/bind.c */
int sys_bind(int fd, const void __user *user_address, int length);

/* net/connect.c */
int sys_listen(int fd, int backlog);
int sys_connect(int fd, const void __user *user_address, int length);
int sys_accept4(int fd, void __user *address, int __user *length, u32 flags);
int sys_shutdown(int fd, int how);

/* net/msg.c */
int sys_send(int fd, void __user *buf, u32 length, u32 flags);
int sys_sendto(int fd, void __user *buf, u32 length, u32 flags,
	       const void __user *address, int address_length);
int sys_sendmsg(int fd, const struct msghdr __user *user, u32 flags);
int sys_recv(int fd, void __user *buf, u32 length, u32 flags);
int sys_recvfrom(int fd, void __user *buf, u32 length, u32 flags,
		 void __user *address, int __user *address_length);
int sys_recvmsg(int fd, struct msghdr __user *user, u32 flags);

/* net/options.c */
int sys_getsockopt(int fd, int level, int option, void __user *to,
		   int __user *length);
int sys_setsockopt(int fd, int level, int option, const void __user *from,
		   int size);

/* net/socketcall.c */
int sys_socketcall(u32 number, const u32 __user *args);

#endif
