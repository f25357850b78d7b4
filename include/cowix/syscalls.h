/* All system calls, grouped by the file that defines them. Arguments come from a program and are not to be trusted. */
#ifndef COWIX_SYSCALLS_H
#define COWIX_SYSCALLS_H

#include <cowix/types.h>
#include <abi/signal.h>

#define NR_SYSCALLS 516

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
struct stat;
struct stat64;
struct statfs;
struct iovec;
struct utimbuf;

/* kernel/fork.c, exit.c, sched.c, sys.c */
asmlinkage int sys_fork(void);
asmlinkage int sys_vfork(void);
asmlinkage int sys_exit(int status);
asmlinkage int sys_exit_group(int status);
asmlinkage int sys_waitpid(int pid, int __user *status, int options);
asmlinkage int sys_wait4(int pid, int __user *status, int options, struct rusage __user *usage);
asmlinkage int sys_getrusage(int who, struct rusage __user *buf);
asmlinkage int sys_sched_yield(void);
asmlinkage int sys_nice(int increment);
asmlinkage int sys_getpid(void);
asmlinkage int sys_getppid(void);
asmlinkage int sys_setpgid(int pid, int pgrp);
asmlinkage int sys_getpgid(int pid);
asmlinkage int sys_getpgrp(void);
asmlinkage int sys_getsid(int pid);
asmlinkage int sys_setsid(void);
asmlinkage int sys_getuid(void);
asmlinkage int sys_geteuid(void);
asmlinkage int sys_getgid(void);
asmlinkage int sys_getegid(void);
asmlinkage int sys_setuid(u32 uid);
asmlinkage int sys_setgid(u32 gid);
asmlinkage int sys_uname(struct utsname __user *buf);
asmlinkage int sys_sethostname(const char __user *name, int length);
asmlinkage int sys_sysinfo(struct sysinfo __user *buf);
asmlinkage int sys_ps(struct task_info __user *buf, int max, int start);
asmlinkage int sys_reboot(u32 magic1, u32 magic2, u32 command, u32 argument);

/* kernel/printk.c, time.c */
asmlinkage int sys_syslog(int type, char __user *buf, int size);
asmlinkage int sys_time(u32 __user *seconds);
asmlinkage int sys_stime(const u32 __user *seconds);
asmlinkage int sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz);
asmlinkage int sys_clock_gettime(int clock, struct timespec __user *ts);
asmlinkage int sys_times(struct tms __user *buf);
asmlinkage int sys_nanosleep(const struct timespec __user *asked, struct timespec __user *left);
asmlinkage int sys_alarm(u32 seconds);

/* kernel/signal.c, sigframe.c */
asmlinkage int sys_kill(int pid, int sig);
asmlinkage int sys_signal(int sig, u32 handler);
asmlinkage int sys_sigaction(int sig, const struct old_sigaction __user *new, struct old_sigaction __user *old);
asmlinkage int sys_rt_sigaction(int sig, const struct kernel_sigaction __user *new, struct kernel_sigaction __user *old, u32 setsize);
asmlinkage int sys_sigprocmask(int how, const u32 __user *set, u32 __user *old);
asmlinkage int sys_rt_sigprocmask(int how, const u64 __user *set, u64 __user *old, u32 setsize);
asmlinkage int sys_sigpending(u32 __user *set);
asmlinkage int sys_rt_sigpending(u64 __user *set, u32 setsize);
asmlinkage int sys_sigsuspend(int unused1, int unused2, u32 mask);
asmlinkage int sys_rt_sigsuspend(const u64 __user *set, u32 setsize);
asmlinkage int sys_pause(void);
asmlinkage int sys_sigreturn(void);
asmlinkage int sys_rt_sigreturn(void);

/* mm/area.c, audit.c */
asmlinkage int sys_brk(u32 addr);
asmlinkage int sys_mm_audit(struct audit_report __user *out, u32 flags);

/* fs/exec.c */
asmlinkage int sys_execve(const char __user *path, const u32 __user *argv, const u32 __user *envp);

/* fs/open.c */
asmlinkage int sys_open(const char __user *path, int flags, u32 mode);
asmlinkage int sys_creat(const char __user *path, u32 mode);
asmlinkage int sys_close(int fd);
asmlinkage int sys_truncate(const char __user *path, s32 size);
asmlinkage int sys_ftruncate(int fd, s32 size);
asmlinkage int sys_chmod(const char __user *path, u32 mode);
asmlinkage int sys_fchmod(int fd, u32 mode);
asmlinkage int sys_chown(const char __user *path, u32 uid, u32 gid);
asmlinkage int sys_fchown(int fd, u32 uid, u32 gid);
asmlinkage int sys_utime(const char __user *path, const struct utimbuf __user *times);
asmlinkage int sys_access(const char __user *path, int mode);

/* fs/namei_ops.c */
asmlinkage int sys_mkdir(const char __user *path, u32 mode);
asmlinkage int sys_rmdir(const char __user *path);
asmlinkage int sys_link(const char __user *old, const char __user *new);
asmlinkage int sys_unlink(const char __user *path);
asmlinkage int sys_rename(const char __user *old, const char __user *new);
asmlinkage int sys_symlink(const char __user *target, const char __user *path);
asmlinkage int sys_readlink(const char __user *path, char __user *buf, int size);
asmlinkage int sys_mknod(const char __user *path, u32 mode, u32 dev);

/* fs/file_table.c */
asmlinkage int sys_dup(int fd);
asmlinkage int sys_dup2(int fd, int to);
asmlinkage int sys_fcntl(int fd, int command, u32 arg);

/* fs/read_write.c */
asmlinkage int sys_read(int fd, char __user *buf, u32 count);
asmlinkage int sys_write(int fd, const char __user *buf, u32 count);
asmlinkage int sys_readv(int fd, const struct iovec __user *vector, int count);
asmlinkage int sys_writev(int fd, const struct iovec __user *vector, int count);
asmlinkage int sys_pread64(int fd, char __user *buf, u32 count, u32 low, u32 high);
asmlinkage int sys_pwrite64(int fd, const char __user *buf, u32 count, u32 low, u32 high);
asmlinkage int sys_lseek(int fd, s32 offset, int whence);
asmlinkage int sys__llseek(int fd, u32 high, u32 low, loff_t __user *result, int whence);
asmlinkage int sys_ioctl(int fd, u32 command, u32 arg);
asmlinkage int sys_fsync(int fd);

/* fs/pipe.c, stat.c, readdir.c */
asmlinkage int sys_pipe(int __user *fds);
asmlinkage int sys_pipe2(int __user *fds, int flags);
asmlinkage int sys_stat(const char __user *path, struct stat __user *buf);
asmlinkage int sys_lstat(const char __user *path, struct stat __user *buf);
asmlinkage int sys_fstat(int fd, struct stat __user *buf);
asmlinkage int sys_stat64(const char __user *path, struct stat64 __user *buf);
asmlinkage int sys_lstat64(const char __user *path, struct stat64 __user *buf);
asmlinkage int sys_fstat64(int fd, struct stat64 __user *buf);
asmlinkage int sys_statfs(const char __user *path, struct statfs __user *buf);
asmlinkage int sys_fstatfs(int fd, struct statfs __user *buf);
asmlinkage int sys_getdents(int fd, void __user *buf, u32 size);
asmlinkage int sys_getdents64(int fd, void __user *buf, u32 size);

/* fs/fs_struct.c, super.c */
asmlinkage int sys_chdir(const char __user *path);
asmlinkage int sys_fchdir(int fd);
asmlinkage int sys_chroot(const char __user *path);
asmlinkage int sys_getcwd(char __user *buf, u32 size);
asmlinkage int sys_umask(u32 mask);
asmlinkage int sys_mount(const char __user *device, const char __user *dir, const char __user *type, u32 flags, const void __user *data);
asmlinkage int sys_umount(const char __user *path);
asmlinkage int sys_umount2(const char __user *path, u32 flags);
asmlinkage int sys_mounts(char __user *buf, u32 size);
asmlinkage int sys_sync(void);

#endif
