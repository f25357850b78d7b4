#ifndef UNISTD_H
#define UNISTD_H
#include <stddef.h>
#include <sys/types.h>
#include <abi/unistd.h>
#include <abi/fcntl.h>
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
extern char **environ;
extern char *optarg;
extern int optind, opterr, optopt;
int getopt(int argc, char *const argv[], const char *options);
ssize_t pread(int fd, void *buf, size_t n, off_t pos);
ssize_t pwrite(int fd, const void *buf, size_t n, off_t pos);
long syscall(long number, ...);
void _exit(int status) __attribute__((noreturn));
pid_t fork(void);
pid_t vfork(void);
int execve(const char *path, char *const argv[], char *const envp[]);
int execv(const char *path, char *const argv[]);
/* the first bytes are not text */
int looks_binary(const char *start, size_t n);
int execvp(const char *name, char *const argv[]);
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int dup(int fd);
int dup2(int fd, int to);
int pipe(int fds[2]);
int link(const char *from, const char *to);
int unlink(const char *path);
int symlink(const char *target, const char *path);
ssize_t readlink(const char *path, char *buf, size_t size);
int rmdir(const char *path);
int access(const char *path, int mode);
int chown(const char *path, uid_t uid, gid_t gid);
int lchown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
int chdir(const char *path);
int fchdir(int fd);
int chroot(const char *path);
char *getcwd(char *buf, size_t size);
int truncate(const char *path, off_t size);
int ftruncate(int fd, off_t size);
void sync(void);
int fsync(int fd);
pid_t getpid(void);
pid_t getppid(void);
pid_t setsid(void);
int setpgid(pid_t pid, pid_t pgrp);
pid_t getpgrp(void);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t uid);
int setgid(gid_t gid);
int getgroups(int count, gid_t *groups);
char *getpass(const char *prompt);
int getrandom(void *buf, size_t size, unsigned flags);
int pause(void);
unsigned alarm(unsigned seconds);
unsigned sleep(unsigned seconds);
int nice(int increment);
int isatty(int fd);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t pgrp);
int sethostname(const char *name, size_t length);
void *sbrk(long increment);
int brk(void *end);
#endif
