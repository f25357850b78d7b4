/*
 * Hostile callers: wild pointers to every call, random calls, damaged programs.
 * Nothing may hang, panic or leak.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const unsigned wild[] = { 0x10,       0xBFFFFFFF + 1u, 0xC0100000,
				 0xFFFFFFFF, 0xFFFFFFFC,      0xF0000000,
				 0x50000000 };
#define WILD (sizeof(wild) / sizeof(wild[0]))

/*
 * Calls, with the index of each pointer argument. The others get sensible
 * values.
 */
static const struct {
	int number, pointer;
	unsigned arguments[4];
} pointer_calls[] = {
	{ __NR_open, 0, { 0, 0, 0 } },
	{ __NR_creat, 0, { 0, 0644 } },
	{ __NR_link, 0, { 0, 0 } },
	{ __NR_unlink, 0, { 0 } },
	{ __NR_execve, 0, { 0, 0, 0 } },
	{ __NR_chdir, 0, { 0 } },
	{ __NR_mknod, 0, { 0, 0100644, 0 } },
	{ __NR_chmod, 0, { 0, 0644 } },
	{ __NR_access, 0, { 0, 0 } },
	{ __NR_rename, 0, { 0, 0 } },
	{ __NR_mkdir, 0, { 0, 0755 } },
	{ __NR_rmdir, 0, { 0 } },
	{ __NR_readlink, 0, { 0, 0, 10 } },
	{ __NR_truncate, 0, { 0, 0 } },
	{ __NR_statfs, 0, { 0, 0 } },
	{ __NR_stat, 0, { 0, 0 } },
	{ __NR_lstat, 0, { 0, 0 } },
	{ __NR_symlink, 0, { 0, 0 } },
	{ __NR_chroot, 0, { 0 } },
	{ __NR_utime, 0, { 0, 0 } },
	{ __NR_pipe, 0, { 0 } },
	{ __NR_times, 0, { 0 } },
	{ __NR_uname, 0, { 0 } },
	{ __NR_gettimeofday, 0, { 0, 0 } },
	{ __NR_nanosleep, 0, { 0, 0 } },
	{ __NR_sysinfo, 0, { 0 } },
	{ __NR_time, 0, { 0 } },
	{ __NR_getcwd, 0, { 0, 4096 } },
	{ __NR_fstat, 1, { 0, 0 } },
	{ __NR_getdents, 1, { 3, 0, 100 } },
	{ __NR_rt_sigaction, 1, { 10, 0, 0, 8 } },
	{ __NR_rt_sigprocmask, 1, { 0, 0, 0, 8 } },
	{ __NR_read, 1, { 4, 0, 100 } },
	{ __NR_write, 1, { 5, 0, 100 } },
	{ __NR_writev, 1, { 5, 0, 2 } },
	{ __NR_readv, 1, { 4, 0, 2 } },
	{ __NR_clock_gettime, 1, { 0, 0 } },
	{ __NR_getrusage, 1, { 0, 0 } },
	{ __NR_stat64, 0, { 0, 0 } },
	{ __NR_lstat64, 0, { 0, 0 } },
	{ __NR_fstat64, 1, { 0, 0 } },
	{ __NR_fstatat64, 1, { 3, 0, 0, 0 } },
	{ __NR_statfs64, 0, { 0, 84, 0 } },
	{ __NR_fstatfs64, 2, { 3, 84, 0 } },
	{ __NR_openat, 1, { 3, 0, 0 } },
	{ __NR_mkdirat, 1, { 3, 0, 0755 } },
	{ __NR_unlinkat, 1, { 3, 0, 0 } },
	{ __NR_symlinkat, 0, { 0, 3, 0 } },
	{ __NR_linkat, 1, { 3, 0, 3, 0 } },
	{ __NR_renameat, 1, { 3, 0, 3, 0 } },
	{ __NR_readlinkat, 1, { 3, 0, 0, 9 } },
	{ __NR_mknodat, 1, { 3, 0, 0100644, 0 } },
	{ __NR_fchmodat, 1, { 3, 0, 0644 } },
	{ __NR_fchownat, 1, { 3, 0, 0, 0 } },
	{ __NR_faccessat, 1, { 3, 0, 0 } },
	{ __NR_utimes, 0, { 0, 0 } },
	{ __NR_utimensat, 2, { 3, 0, 0, 0 } },
	{ __NR_chown32, 0, { 0, 0, 0 } },
	{ __NR_lchown32, 0, { 0, 0, 0 } },
	{ __NR_truncate64, 0, { 0, 0, 0 } },
	{ __NR__llseek, 3, { 4, 0, 0, 0 } },
	{ __NR_pread64, 1, { 4, 0, 100, 0 } },
	{ __NR_pwrite64, 1, { 5, 0, 100, 0 } },
	{ __NR_getdents64, 1, { 3, 0, 100 } },
	{ __NR_pipe2, 0, { 0, 0 } },
	{ __NR_poll, 0, { 0, 1, 0 } },
	{ __NR_ppoll, 0, { 0, 1, 0, 0 } },
	{ __NR__newselect, 1, { 9, 0, 0, 0 } },
	{ __NR_select, 0, { 0 } },
	{ __NR_getitimer, 1, { 0, 0 } },
	{ __NR_setitimer, 1, { 0, 0, 0 } },
	{ __NR_clock_gettime64, 1, { 0, 0 } },
	{ __NR_clock_getres, 1, { 0, 0 } },
	{ __NR_clock_nanosleep, 2, { 0, 0, 0, 0 } },
	{ __NR_sigaltstack, 0, { 0, 0 } },
	{ __NR_rt_sigpending, 0, { 0, 8 } },
	{ __NR_sigpending, 0, { 0 } },
	{ __NR_rt_sigsuspend, 0, { 0, 8 } },
	{ __NR_rt_sigtimedwait, 0, { 0, 0, 0, 8 } },
	{ __NR_rt_sigqueueinfo, 2, { 1, 0, 0 } },
	{ __NR_ugetrlimit, 1, { 0, 0 } },
	{ __NR_getrlimit, 1, { 0, 0 } },
	{ __NR_setrlimit, 1, { 0, 0 } },
	{ __NR_prlimit64, 3, { 0, 0, 0, 0 } },
	{ __NR_getresuid32, 0, { 0, 0, 0 } },
	{ __NR_getresgid, 0, { 0, 0, 0 } },
	{ __NR_sched_getaffinity, 2, { 0, 128, 0 } },
	{ __NR_sched_getparam, 1, { 0, 0 } },
	{ __NR_mmap, 0, { 0 } },
	{ __NR_set_thread_area, 0, { 0 } },
	{ __NR_get_thread_area, 0, { 0 } },
	{ __NR_get_robust_list, 1, { 0, 0, 0 } },
	{ __NR_getrandom, 0, { 0, 9, 0 } },
	{ __NR_fcntl64, 2, { 5, 12, 0 } },
};

static void wild_pointers(void)
{
	CHECK(open("/", O_RDONLY) == 3 && open("/dev/zero", O_RDONLY) == 4);
	CHECK(open("/tmp/test-wild", O_RDWR | O_CREAT | O_TRUNC, 0644) == 5);
	for (size_t i = 0; i < sizeof(pointer_calls) / sizeof(pointer_calls[0]);
	     i++)
		for (size_t w = 0; w < WILD; w++) {
			unsigned a[4];

			memcpy(a, pointer_calls[i].arguments, sizeof(a));
			a[pointer_calls[i].pointer] = wild[w];
			errno = 0;
			if (syscall(pointer_calls[i].number, a[0], a[1], a[2],
				    a[3], 0, 0) != -1 ||
			    errno != EFAULT) {
				printf("  call %d with %x: errno %d\n",
				       pointer_calls[i].number, wild[w], errno);
				CHECK(!"EFAULT");
			}
		}
	unlink("/tmp/test-wild");
}

/* Tries the second pointer of calls whose first one is good. */
static void second_pointers(void)
{
	CHECK_ERRNO(syscall(__NR_stat, "/", wild[1]), EFAULT);
	CHECK_ERRNO(syscall(__NR_rename, "/tmp/a", wild[2]), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", wild[0], 0), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", 0, wild[3]), EFAULT);
	if (fork() == 0)
		_exit(0);
	CHECK_ERRNO(syscall(__NR_wait4, -1, wild[2], 0, 0), EFAULT);
	/* and the child is not lost */
	CHECK(!on_cowix() || waitpid(-1, NULL, 0) > 0);
}

static unsigned random_state = 2026;

static unsigned random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	return random_state ^= random_state << 5;
}

static unsigned random_argument(void)
{
	static char buf[256];

	switch (random_word() % 6) {
	case 0: return random_word();
	case 1: return random_word() % 16;
	case 2: return wild[random_word() % WILD];
	case 3: return (unsigned)buf;
	case 4: return -(random_word() % 16);
	default: return 1u << random_word() % 32;
	}
}

/*
 * Returns 1 for calls that would end the test or the machine, take time, or
 * change foreign processes and files.
 */
static const int dangerous[] = {
	__NR_exit,
	__NR_exit_group,
	__NR_fork,
	__NR_vfork,
	__NR_reboot,
	__NR_kill,
	__NR_tkill,
	__NR_tgkill,
	__NR_rt_sigqueueinfo,
	__NR_prlimit64,
	__NR_sync,
	__NR_syncfs,
	__NR_fsync,
	__NR_fdatasync,
	__NR_sigreturn,
	__NR_rt_sigreturn,
	__NR_unlink,
	__NR_unlinkat,
	__NR_rename,
	__NR_renameat,
	__NR_renameat2,
	__NR_mm_audit,
	__NR_stime,
	__NR_settimeofday,
	__NR_clock_settime,
	__NR_clock_settime64,
	__NR_mount,
	__NR_umount,
	__NR_umount2,
	__NR_setsid,
	__NR_setpgid,
	__NR_write,
	__NR_writev,
	__NR_pwrite64,
	__NR_ftruncate,
	__NR_truncate,
	__NR_ftruncate64,
	__NR_truncate64,
};

static int is_dangerous(int call)
{
	for (size_t i = 0; i < sizeof(dangerous) / sizeof(*dangerous); i++)
		if (dangerous[i] == call)
			return 1;
	return 0;
}

static void nothing(int sig)
{
	(void)sig;
}

/*
 * Starts a timer and unblocks its signal, whatever earlier calls did. So a
 * waiting call returns.
 */
static void limit_time(void)
{
	struct sigaction action = { .sa_handler = nothing };
	const unsigned timer[4] = { 0, 10000, 0, 10000 };
	sigset_t none = 0;

	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(__NR_setitimer, 0, timer, NULL);
}

static void make_random_calls(void)
{
	chdir("/tmp");
	signal(SIGSEGV, SIG_DFL);
	for (int i = 0; i < 1000; i++) {
		int call = random_word() % 520;
		unsigned a = random_argument(), b = random_argument(),
			 c = random_argument(), d = random_argument();

		limit_time();
		if (!is_dangerous(call))
			syscall(call, a, b, c, d, random_argument(),
				random_argument());
	}
	_exit(0);
}

/*
 * Waits at most a second for a child, then kills it. It may be traced and stop,
 * or block the signal.
 */
static void wait_or_kill(int pid)
{
	for (int i = 0; i < 100; i++) {
		int status, n = waitpid(pid, &status, WNOHANG | WUNTRACED);

		if (n == pid && !WIFSTOPPED(status))
			return;
		sleep_ms(10);
	}
	kill(pid, SIGKILL);
	wait_status(pid);
}

static void random_calls(void)
{
	if (!on_cowix())
		return;
	/* for long runs: SEED=n /tests/hostile random_calls */
	if (getenv("SEED"))
		random_state = atoi(getenv("SEED"));
	for (int round = 0; round < 20; round++) {
		int pid = fork();

		random_word();
		if (pid == 0)
			make_random_calls();
		wait_or_kill(pid);
	}
}

static char program[16384];
static int program_size;

static void load_program(const char *path)
{
	int fd = open(path, O_RDONLY);

	program_size = read(fd, program, sizeof(program));
	CHECK(program_size > 0);
	close(fd);
}

/* Writes the program image and runs it in a child with a short life. */
static void run_image(int size)
{
	int fd = open("/tmp/test-elf", O_WRONLY | O_CREAT | O_TRUNC, 0755), pid;

	CHECK(fd >= 0 && write(fd, program, size) == size);
	close(fd);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		alarm(2);
		execve("/tmp/test-elf", (char *[]){ "x", NULL },
		       (char *[]){ NULL });
		_exit(100);
	}
	wait_status(pid);
}

/*
 * Sets each 32-bit field of the ELF header and the program headers to hostile
 * values.
 */
static void hostile_elf(void)
{
	static const unsigned values[] = { 0,          1,          0x7FFFFFFF,
					   0x80000000, 0xFFFFFFFF, 0xFFFFF000,
					   0xC0000000, 0xBFFFF000, 0x08048001 };

	if (!on_cowix()) /* not on the machine of whoever runs the tests */
		return;
	load_program("/bin/true");
	for (int at = 16; at < 52 + 64; at += 4)
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]);
		     v++) {
			unsigned saved;

			memcpy(&saved, program + at, 4);
			memcpy(program + at, &values[v], 4);
			run_image(program_size);
			memcpy(program + at, &saved, 4);
		}
	for (int size = 0; size < program_size; size += 37)
		run_image(size);
	unlink("/tmp/test-elf");
}

/* Runs random bytes behind a good header. */
static void random_programs(void)
{
	if (!on_cowix())
		return;
	load_program("/bin/true");
	for (int i = 0; i < 100; i++) {
		for (int at = 116; at < program_size; at++)
			program[at] = random_word();
		run_image(program_size);
	}
	unlink("/tmp/test-elf");
}

TESTS({ "wild_pointers", "a wild pointer to each call is EFAULT",
	wild_pointers },
      { "second_pointers", "so is a second one", second_pointers },
      { "random_calls", "20,000 random calls", random_calls },
      { "hostile_elf", "damaged and truncated programs", hostile_elf },
      { "random_programs", "programs of random bytes", random_programs })
