/*
 * Calls that are refused because this kernel lacks what they ask for. A line
 * says what a call answers here, as an older Linux would; and what Linux 6.1
 * answers, or 0 if it does what it is asked.
 */
#include <abi/clone.h>
#include <abi/mount.h>
#include <abi/resource.h>
#include <abi/sched.h>
#include <abi/socket.h>
#include <abi/uio.h>
#include <check.h>
#include <fcntl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "thread.h"

#define NAME	"refused-file"
#define O_TMPFILE	020200000
#define TEXT(s)	(long)(s)

/* Descriptors that the arguments below name. */
enum { FILE_FD = 50, READ_FD, WRITE_FD, NULL_FD, DIR_FD, SOCKET_FD };

static char buf[4096];
static int number;
static unsigned limits[] = { 257, 1 << 20 };
static struct iovec piece = { buf, 10 };

struct refusal {
	const char *what;
	int call;
	long args[6];
	int here, there;
};

static const struct refusal refusals[] = {
	{ "O_DIRECT", __NR_open, { TEXT(NAME), O_RDWR | O_DIRECT }, EINVAL, 0 },
	{ "O_TMPFILE", __NR_open, { TEXT("."), O_TMPFILE | O_RDWR, 0600 },
	  EISDIR, 0 },
	{ "pipe2 of packets", __NR_pipe2, { TEXT(buf), O_DIRECT }, EINVAL, 0 },
	{ "F_SETSIG", __NR_fcntl64, { READ_FD, 10, 10 }, EINVAL, 0 },
	{ "F_SETLEASE", __NR_fcntl64, { FILE_FD, 1024, 0 }, EINVAL,
	  0 },
	{ "F_NOTIFY", __NR_fcntl64, { DIR_FD, 1026, 1 }, EINVAL, 0 },
	{ "F_ADD_SEALS", __NR_fcntl64, { NULL_FD, 1033, 1 }, EINVAL, EINVAL },
	{ "F_SETPIPE_SZ", __NR_fcntl64, { READ_FD, F_SETPIPE_SZ, 1 << 30 },
	  EPERM, 0 },
	{ "FIOASYNC", __NR_ioctl, { FILE_FD, 0x5452, TEXT(&limits[1]) }, ENOTTY,
	  ENOTTY },
	{ "RWF_NOWAIT", __NR_preadv2, { FILE_FD, TEXT(&piece), 1, 0, 0, 8 },
	  EOPNOTSUPP, 0 },
	{ "RWF_unknown", __NR_preadv2, { FILE_FD, TEXT(&piece), 1, 0, 0, 256 },
	  EOPNOTSUPP, EOPNOTSUPP },
	{ "fallocate", __NR_fallocate, { FILE_FD, 0, 0, 0, 10, 0 }, EOPNOTSUPP,
	  0 },
	{ "fsetxattr", __NR_fsetxattr,
	  { FILE_FD, TEXT("user.x"), TEXT("a"), 1, 0 }, EOPNOTSUPP, 0 },
	{ "fgetxattr", __NR_fgetxattr, { FILE_FD, TEXT("user.x"), 0, 0 },
	  EOPNOTSUPP, 0 },
	{ "sendfile from a pipe", __NR_sendfile, { FILE_FD, READ_FD, 0, 1 },
	  EINVAL, EINVAL },
	{ "RENAME_EXCHANGE", __NR_renameat2,
	  { AT_FDCWD, TEXT(NAME), AT_FDCWD, TEXT("."), 2 }, EINVAL, 0 },
	{ "RENAME_WHITEOUT", __NR_renameat2,
	  { AT_FDCWD, TEXT(NAME), AT_FDCWD, TEXT("x"), 4 }, EINVAL, 0 },
	{ "MS_BIND", __NR_mount, { TEXT("/"), TEXT("/mnt"), 0, 0x1000, 0 },
	  EINVAL, 0 },
	{ "MS_MOVE", __NR_mount, { TEXT("/"), TEXT("/mnt"), 0, 0x2000, 0 },
	  EINVAL, 0 },
	{ "MAP_HUGETLB", __NR_mmap2,
	  { 0, 1 << 22, 3, MAP_PRIVATE | MAP_ANONYMOUS | 0x40000, -1, 0 },
	  EINVAL, 0 },
	{ "MAP_SYNC", __NR_mmap2, { 0, 4096, 1, 3 | 0x80000, FILE_FD, 0 },
	  EOPNOTSUPP, EOPNOTSUPP },
	{ "CLONE_PIDFD", __NR_clone, { CLONE_PIDFD | 17, 0, TEXT(buf) }, EINVAL,
	  0 },
	{ "CLONE_NEWUTS", __NR_clone, { 0x04000000 | 17 }, EINVAL, 0 },
	{ "unshare UTS", __NR_unshare, { 0x04000000 }, EINVAL, 0 },
	{ "unshare users", __NR_unshare, { 0x10000000 }, EINVAL, 0 },
	{ "unshare 1", __NR_unshare, { 1 }, EINVAL, EINVAL },
	{ "unshare vfork", __NR_unshare, { CLONE_VFORK }, EINVAL, EINVAL },
	{ "SCHED_FIFO", __NR_sched_setscheduler,
	  { 0, SCHED_FIFO, TEXT(&number) }, EINVAL, EINVAL },
	{ "SCHED_RR", __NR_sched_setscheduler,
	  { 0, SCHED_RR, TEXT(&limits[0]) }, EINVAL, EINVAL },
	{ "SCHED_BATCH", __NR_sched_setscheduler,
	  { 0, SCHED_BATCH, TEXT(&number) }, EINVAL, 0 },
	{ "SCHED_DEADLINE", __NR_sched_setscheduler, { 0, 6, TEXT(&number) },
	  EINVAL, EINVAL },
	{ "FUTEX_LOCK_PI", __NR_futex, { TEXT(&number), 6, 0, 0 }, ENOSYS, 0 },
	{ "RLIMIT_NOFILE", __NR_prlimit64,
	  { 0, RLIMIT_NOFILE, TEXT(limits), 0 }, EPERM, 0 },
	{ "PR_SET_SECCOMP", __NR_prctl, { 22, 3 }, EINVAL, EINVAL },
	{ "PR_CAPBSET_READ", __NR_prctl, { 23, 0 }, EINVAL, 0 },
	{ "AF_INET", __NR_socket, { 2, SOCK_STREAM, 0 }, EAFNOSUPPORT, 0 },
	{ "AF_NETLINK", __NR_socket, { 16, SOCK_RAW, 0 }, EAFNOSUPPORT, 0 },
	{ "AF_46", __NR_socket, { 46, SOCK_STREAM, 0 }, EAFNOSUPPORT,
	  EAFNOSUPPORT },
	{ "SOCK_RDM", __NR_socket, { AF_UNIX, 4, 0 }, ESOCKTNOSUPPORT,
	  ESOCKTNOSUPPORT },
	{ "SO_ATTACH_FILTER", __NR_setsockopt,
	  { SOCKET_FD, SOL_SOCKET, 26, TEXT(buf), 8 }, ENOPROTOOPT, EINVAL },
	{ "MSG_OOB", __NR_sendto, { SOCKET_FD, TEXT(buf), 1, 1, 0, 0 },
	  EOPNOTSUPP, 0 },
	{ "MSG_OOB", __NR_recvfrom, { SOCKET_FD, TEXT(buf), 1, 1, 0, 0 },
	  EOPNOTSUPP, 0 },
	{ "PTRACE_SETSIGINFO", __NR_ptrace, { 0x4203, 1, 0, 0 }, ESRCH,
	  ESRCH },
};

/* The calls that do not exist: ENOSYS. On Linux most of them do something. */
static const short missing[] = {
	__NR_inotify_init1,
	__NR_fanotify_init,
	__NR_io_setup,
	__NR_io_uring_setup,
	__NR_capget,
	__NR_setns,
	__NR_seccomp,
	__NR_bpf,
	__NR_pidfd_open,
	__NR_pidfd_send_signal,
	__NR_shmget,
	__NR_mq_open,
	__NR_sched_setattr,
	__NR_sched_getattr,
	__NR_ioprio_set,
	__NR_ioprio_get,
	__NR_memfd_create,
	__NR_init_module,
	__NR_iopl,
	__NR_quotactl,
	__NR_acct,
	__NR_pivot_root,
	__NR_keyctl,
	__NR_splice,
	__NR_tee,
	__NR_openat2,
	__NR_membarrier,
	__NR_execveat,
	__NR_rseq,
};

static void move(int from, int to)
{
	CHECK(from >= 0 && dup2(from, to) == to && close(from) == 0);
}

static void open_all(void)
{
	int fds[2];

	move(open(NAME, O_RDWR | O_CREAT, 0600), FILE_FD);
	CHECK(pipe(fds) == 0);
	move(fds[0], READ_FD);
	move(fds[1], WRITE_FD);
	move(open("/dev/null", O_RDWR), NULL_FD);
	move(open(".", O_RDONLY), DIR_FD);
	CHECK(syscall(__NR_socketpair, AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	move(fds[0], SOCKET_FD);
	CHECK(close(fds[1]) == 0);
}

static void lacking(void)
{
	int wrong = 0;

	open_all();
	for (int i = 0; i < (int)(sizeof(refusals) / sizeof(refusals[0]));
	     i++) {
		const struct refusal *r = &refusals[i];
		int wanted = on_cowix() ? r->here : r->there, result;

		if (!wanted)
			continue;
		errno = 0;
		result = syscall(r->call, r->args[0], r->args[1], r->args[2],
				 r->args[3], r->args[4], r->args[5]);
		if (result == -1 && errno == wanted)
			continue;
		printf("  %s: %d, errno %d\n", r->what, result, errno);
		wrong++;
	}
	CHECK(unlink(NAME) == 0 && !wrong);
}

static void absent(void)
{
	static char log[16384];
	int length;

	if (!on_cowix())
		return;
	for (int i = 0; i < (int)(sizeof(missing) / sizeof(missing[0])); i++)
		CHECK_ERRNO(syscall(missing[i], 0, 0, 0, 0, 0), ENOSYS);
	length = klogctl(3, log, sizeof(log) - 1);
	CHECK(length > 0 && strstr(log, "there is no system call 437\n"));
	CHECK(!strstr(log, "there is no system call 386\n"));
}

/* Checks as another user, who has no right to anything of that. */
static void without_rights(void)
{
	int one = 1;

	CHECK(setuid(1000) == 0);
	CHECK_ERRNO(syscall(__NR_unshare, 0x04000000), EPERM);
	CHECK_ERRNO(syscall(__NR_unshare, CLONE_NEWNS | CLONE_FS), EPERM);
	CHECK_ERRNO(syscall(__NR_sched_setscheduler, 0, SCHED_FIFO, &one),
		    EPERM);
	CHECK_ERRNO(syscall(__NR_sched_setscheduler, 0, SCHED_RR, &one), EPERM);
	CHECK_ERRNO(syscall(__NR_prlimit64, 0, RLIMIT_NOFILE,
			    (unsigned[]){ 1 << 30, 0, 1 << 30, 0 }, 0),
		    EPERM);
}

static void rights(void)
{
	int pid = fork();

	if (pid == 0) {
		without_rights();
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Run by a child that shares descriptors and directories, and parts. */
static void part(void *unused)
{
	(void)unused;
	_exit(syscall(__NR_unshare, CLONE_FS | CLONE_FILES) < 0 ||
	      chdir("/") < 0 || umask(0) != 027 || close(FILE_FD) < 0 ||
	      dup2(READ_FD, 60) != 60);
}

static int sharing(int flags, void (*run)(void *))
{
	static char stack[STACK];
	int pid = start_on(__NR_clone, flags | 17, stack, run, NULL, NULL, NULL,
			   NULL);

	CHECK(pid > 0);
	return wait_status(pid);
}

static void unshared(void)
{
	char cwd[200];

	open_all();
	CHECK(mkdir("parting", 0755) == 0 && chdir("parting") == 0);
	umask(027);
	CHECK(sharing(CLONE_FS | CLONE_FILES, part) == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) && strlen(cwd) >= 8 &&
	      umask(022) == 027 && fcntl(FILE_FD, F_GETFD, 0) == 0);
	CHECK_ERRNO(fcntl(60, F_GETFD, 0), EBADF);
	CHECK(syscall(__NR_unshare, CLONE_FS | CLONE_FILES) == 0);
	CHECK(chdir("..") == 0 && rmdir("parting") == 0 && unlink(NAME) == 0);
}

static void nothing_shared(void *unused)
{
	(void)unused;
	_exit(syscall(__NR_unshare, CLONE_VM) != -1 || errno != EINVAL ||
	      syscall(__NR_unshare, CLONE_THREAD) != 0);
}

static void same_signals(void *unused)
{
	(void)unused;
	_exit(syscall(__NR_unshare, CLONE_SIGHAND) != -1 || errno != EINVAL);
}

static void wait_for_word(void *unused)
{
	(void)unused;
	await_word(1);
}

/* What is not unshared is refused when it is shared. */
static void shared(void)
{
	struct thread t;

	CHECK(syscall(__NR_unshare, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD |
					   CLONE_SYSVSEM) == 0);
	CHECK(syscall(__NR_unshare, 0) == 0);
	CHECK(sharing(CLONE_VM | CLONE_VFORK, nothing_shared) == 0);
	CHECK(sharing(CLONE_VM | CLONE_VFORK | CLONE_SIGHAND, same_signals) ==
	      0);
	start(&t, wait_for_word, NULL);
	CHECK_ERRNO(syscall(__NR_unshare, CLONE_THREAD), EINVAL);
	CHECK_ERRNO(syscall(__NR_unshare, CLONE_SIGHAND), EINVAL);
	CHECK_ERRNO(syscall(__NR_unshare, CLONE_VM), EINVAL);
	CHECK(syscall(__NR_unshare, CLONE_FILES | CLONE_FS) == 0);
	word = 1;
	join(&t);
}

TESTS({ "lacking", "what this kernel lacks", lacking },
      { "absent", "calls that do not exist", absent },
      { "rights", "what only the superuser might have", rights },
      { "unshared", "unshare of descriptors and directories", unshared },
      { "shared", "unshare of memory, signals, threads", shared })
