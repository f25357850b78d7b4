/*
 * Bombs: an ordinary user takes all memory, tasks, files or terminals. While a
 * bomb lies there, the superuser's old and new commands must work. He ends the
 * bomb, and nothing is lost. New commands must come soon, counted in
 * instructions: run with -icount (tools/run -i).
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <abi/futex.h>
#include <abi/taskinfo.h>

#define PAGE 4096
#define USER 1000
#define SWAP "/dev/hda"
#define GOING_OFF 1500		/* ms until a command is tried */
#define TIMES 5			/* tries of a command */
#define WORK 1000000u		/* rounds, of seven instructions */
#define WORK_MAX 20u		/* million instructions for them */
#define SOON 100u		/* million instructions for a command */
#define WITH_DISK 2000u		/* with swap: waits count, too */

static int works;		/* survive() also calls work() */

/* Ends all processes of the user, as the user may. */
static void end_user(void)
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		setuid(USER);
		kill(-1, SIGKILL);
		kill(getpid(), SIGKILL);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
}

/*
 * Returns the cycles so far, in millions. Under -icount they are instructions.
 * The kernel's clock would stand still while interrupts are masked.
 */
static unsigned megacycles(void)
{
	return __builtin_ia32_rdtsc() / 1000000;
}

static int has_swap(void)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	return info.totalswap != 0;
}

/* Checks that a command of the superuser ends well and soon. */
static void command(const char *line)
{
	char *const args[] = { "/bin/sh", "-c", (char *)line, NULL };
	char *const env[] = { NULL };
	unsigned start = megacycles();
	int pid = fork();

	CHECK(pid > 0 || pid == 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		execve("/bin/sh", args, env);
		_exit(127);
	}
	CHECK(wait_status(pid) == 0);
	printf("%u million: %s\n", megacycles() - start, line);
	CHECK(megacycles() - start < (has_swap() ? WITH_DISK : SOON));
}

/* Returns true if a process of the user runs. */
static int has_processes(void)
{
	struct task_info task;

	for (int i = 0; syscall(__NR_ps, &task, 1, i) == 1; i++)
		if (task.uid == USER && task.state != 'Z')
			return 1;
	return 0;
}

/* Ends the user's processes, also those made meanwhile. */
static void await_end(void)
{
	while (has_processes()) {
		end_user();
		sleep_ms(10);
	}
}

/*
 * Checks that a process of the superuser that computes for a moment has
 * the CPU at once, although many want memory. Its slice must last for all.
 */
static void work(void)
{
	unsigned start = megacycles();

	for (volatile unsigned i = 0; i < WORK; i++)
		;
	printf("%u million: work\n", megacycles() - start);
	CHECK(megacycles() - start < WORK_MAX);
}

/* Writes and reads some pages of our own, which nobody may take away. */
static void own_memory(void)
{
	char *p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 16; i++)
		p[i * PAGE] = i;
	for (int i = 0; i < 16; i++)
		CHECK(p[i * PAGE] == i);
	CHECK(munmap(p, 16 * PAGE) == 0);
}

/* Runs the bomb as the user, and checks what is left. */
static void survive(void (*bomb)(void))
{
	int held, shell, pid;

	if (!on_cowix())		/* do not try it on the host */
		return;
	held = open("/etc/passwd", O_RDONLY);
	shell = fork();
	CHECK(held >= 0 && shell >= 0);
	while (shell == 0)
		pause();		/* runs before, and stays */
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		setpgid(0, 0);
		if (setgid(USER) == 0 && setuid(USER) == 0)
			bomb();
		_exit(0);
	}
	sleep_ms(GOING_OFF);
	for (int i = 0; i < TIMES; i++) {
		if (works)
			work();
		command("ps | wc");
		sleep_ms(30);
	}
	own_memory();
	command("/bin/kill -0 1 && id");
	CHECK(open("/dev/null", O_RDONLY) >= 0 && close(held) == 0);
	CHECK(kill(shell, 0) == 0 && waitpid(shell, NULL, WNOHANG) == 0);
	CHECK(kill(shell, SIGKILL) == 0 && waitpid(shell, NULL, 0) == shell);
	end_user();
	CHECK(waitpid(pid, NULL, 0) == pid);
	await_end();
	if (swapoff(SWAP) == 0)		/* swapped pages need memory again */
		CHECK(swapon(SWAP, 0) == 0);
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

/* Makes as many children as possible, each of which calls what(). */
static void children(void (*what)(void))
{
	for (;;) {
		int pid = fork();

		if (pid == 0) {
			what();
			sleep_for_ever();
		}
		if (pid < 0)
			sleep_ms(50);
	}
}

static void nothing(void)
{
}

static void hold(void)
{
	survive((void (*)(void))sleep_for_ever);
}

static void fork_and_hold_bomb(void)
{
	children(nothing);
}

static void fork_and_hold(void)
{
	survive(fork_and_hold_bomb);
}

/* Forks for ever, as each child does. */
static void doubling(void)
{
	for (;;)
		if (fork() < 0)
			sleep_ms(10);
}

static void fork_bomb(void)
{
	survive(doubling);
}

static void take_memory(void)
{
	for (;;) {
		char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; p != MAP_FAILED && i < 64; i++)
			p[i * PAGE] = i;
		if (p == MAP_FAILED)
			sleep_ms(10);
	}
}

static void memory(void)
{
	survive(take_memory);
}

static void memory_of_many_bomb(void)
{
	children(take_memory);
}

static void memory_of_many(void)
{
	survive(memory_of_many_bomb);
}

/* Touches one page in each page table. */
static void take_tables(void)
{
	for (unsigned at = 0x10000000; at < 0xB0000000; at += 0x400000) {
		char *p = mmap((void *)at, PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED)
			*p = 1;
	}
}

static void tables_bomb(void)
{
	children(take_tables);
}

static void tables(void)
{
	works = 1;
	survive(tables_bomb);
	works = 0;
}

/* Maps areas that cannot be joined. */
static void take_areas(void)
{
	for (int i = 0; i < 20000; i++)
		mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void areas_bomb(void)
{
	children(take_areas);
}

static void areas(void)
{
	survive(areas_bomb);
}

static void take_files(void)
{
	while (open("/etc/passwd", O_RDONLY) >= 0)
		;
}

static void files_bomb(void)
{
	children(take_files);
}

static void files(void)
{
	survive(files_bomb);
}

static void take_pipes(void)
{
	static char bytes[16 * PAGE];
	int ends[2];

	while (pipe(ends) == 0) {
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		while (write(ends[1], bytes, sizeof(bytes)) > 0)
			;
	}
}

static void pipes_bomb(void)
{
	children(take_pipes);
}

static void pipes(void)
{
	survive(pipes_bomb);
}

static void take_ptys(void)
{
	while (open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0)
		;
	sleep_for_ever();
}

static void terminals(void)
{
	int fd, pid = on_cowix() ? fork() : -1;

	if (pid < 0)
		return;
	if (pid == 0) {
		setuid(USER);
		take_ptys();
	}
	sleep_ms(200);
	fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
	survive(take_ptys);
}

static void take_signals(void)
{
	unsigned long long all = ~0ull;

	syscall(__NR_rt_sigprocmask, SIG_BLOCK, &all, NULL, 8);
	for (int i = 0; i < 5000; i++)
		kill(getpid(), 40);
}

static void signals_bomb(void)
{
	children(take_signals);
}

static void signals(void)
{
	survive(signals_bomb);
}

/* Locks every second byte of a file that all may write. */
static void take_locks(void)
{
	int fd = open("/bombs-locks", O_RDWR);

	for (int i = 0; i < 20000; i++) {
		struct flock lock = { .l_type = F_RDLCK, .l_start = 2 * i,
				      .l_len = 1 };

		if (fcntl(fd, F_SETLK, &lock) < 0)
			break;
	}
}

static void locks_bomb(void)
{
	children(take_locks);
}

static void locks(void)
{
	int fd = open("/bombs-locks", O_RDWR | O_CREAT, 0666);

	CHECK(fd >= 0 && fchmod(fd, 0666) == 0 && close(fd) == 0);
	survive(locks_bomb);
	CHECK(unlink("/bombs-locks") == 0);
}

static void wait_in_futex(void)
{
	static int word;

	syscall(__NR_futex, &word, FUTEX_WAIT, 0, NULL);
}

static void futexes_bomb(void)
{
	children(wait_in_futex);
}

static void futexes(void)
{
	survive(futexes_bomb);
}

static void write_tmpfs(void)
{
	static char bytes[16 * PAGE];
	char name[32];

	for (int i = 0; i < 5000; i++) {
		int fd;

		sprintf(name, "/mnt/%d-%d", getpid(), i);
		fd = open(name, O_RDWR | O_CREAT, 0600);
		while (fd >= 0 && i % 2 &&
		       write(fd, bytes, sizeof(bytes)) == sizeof(bytes))
			;
		close(fd);
	}
}

static void tmpfs_bomb(void)
{
	children(write_tmpfs);
}

static void tmpfs(void)
{
	CHECK(mount("none", "/mnt", "tmpfs", 0, NULL) == 0);
	CHECK(chmod("/mnt", 0777) == 0);
	survive(tmpfs_bomb);
	CHECK(umount("/mnt") == 0);
}

static void take_shared(void)
{
	for (;;) {
		char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; p != MAP_FAILED && i < 64; i++)
			p[i * PAGE] = i;
		if (p == MAP_FAILED)
			sleep_ms(10);
		else			/* kept, though no longer mapped */
			madvise(p, 64 * PAGE, MADV_DONTNEED);
	}
}

static void shared_memory(void)
{
	survive(take_shared);
}

TESTS({ "idle", "a process that only sleeps", hold },
      { "fork_and_hold", "children that sleep", fork_and_hold },
      { "fork_bomb", "children that fork", fork_bomb },
      { "memory", "one that takes all memory", memory },
      { "memory_of_many", "children that take memory", memory_of_many },
      { "tables", "page tables", tables },
      { "areas", "areas of address spaces", areas },
      { "files", "open files", files },
      { "pipes", "full pipes", pipes },
      { "terminals", "pseudo-terminals", terminals },
      { "signals", "queued signals", signals },
      { "locks", "record locks", locks },
      { "futexes", "sleepers in futexes", futexes },
      { "tmpfs", "a memory file system", tmpfs },
      { "shared_memory", "shared memory", shared_memory })
