/* The system calls of files and sockets: the other half of syscalls.h. */
#ifndef COWIX_SYSCALLS_FS_H
#define COWIX_SYSCALLS_FS_H

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

/* net/batch.c */
int sys_sendmmsg(int fd, struct mmsghdr __user *list, u32 count, u32 flags);
int sys_recvmmsg(int fd, struct mmsghdr __user *list, u32 count, u32 flags,
		 struct timespec __user *timeout);
int sys_recvmmsg_time64(int fd, struct mmsghdr __user *list, u32 count,
			u32 flags, struct timespec64 __user *timeout);

/* net/options.c */
int sys_getsockopt(int fd, int level, int option, void __user *to,
		   int __user *length);
int sys_setsockopt(int fd, int level, int option, const void __user *from,
		   int size);

/* net/socketcall.c */
int sys_socketcall(u32 number, const u32 __user *args);

#endif
