/*
 * What teaching systems test of processes and memory, written anew with the same meaning: the copy-on-write lab's simple, three, file and fork-fork, the
 * subjects of xv6's usertests, ucore's lab 5. What they test of files is in labs_files.c. And trees of forks against a model.
 */
#include <abi/mman.h>
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#define PAGE 4096

/* A child that runs fn and exits with what it returns; its raw status. */
static int status_of(int (*fn)(void))
{
	int pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(fn());
	return wait_status(pid);
}

/* The signal that ended it, 0: none. */
static int signal_of(int (*fn)(void))
{
	int status = status_of(fn);

	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The copy-on-write lab. */

/* Bytes: this part of the memory that is free here; on other people's machines not more than 16 MB. */
static unsigned memory_part(unsigned numerator, unsigned denominator)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	return (on_cowix() ? info.freeram / denominator * numerator : 16u << 20) & -PAGE;
}

static int exit_at_once(void)
{
	return 0;
}

/* Two thirds of the memory are taken: a fork that copied could not succeed. */
static void simple(void)
{
	unsigned size = memory_part(2, 3);
	char *p = sbrk(size);

	CHECK(p != (void *)-1);
	for (unsigned i = 0; i < size; i += PAGE)
		*(int *)(p + i) = getpid();
	for (int round = 0; round < 2; round++)
		CHECK(status_of(exit_at_once) == 0);
	CHECK(sbrk(-(long)size) != (void *)-1);
}

static char *shared;
static unsigned shared_size;

static int stamp(unsigned from, unsigned end)
{
	for (unsigned i = from; i < end; i += PAGE)
		*(int *)(shared + i) = getpid();
	for (unsigned i = from; i < end; i += PAGE)
		if (*(int *)(shared + i) != getpid())
			return 1;
	return 0;
}

static int grandchild(void)
{
	return stamp(0, shared_size / 5 * 4);
}

static int child_and_grandchild(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(grandchild());
	return stamp(0, shared_size / 2) || wait_status(pid);
}

/* Three generations write to parts of a quarter of the memory at the same time. */
static void three(void)
{
	int pid;

	shared_size = memory_part(1, 4) / (5 * PAGE) * 5 * PAGE;
	shared = sbrk(shared_size);
	CHECK(shared != (void *)-1);
	for (int round = 0; round < 3; round++) {
		pid = fork();
		if (pid == 0)
			_exit(child_and_grandchild());
		CHECK(stamp(0, shared_size) == 0);
		CHECK(wait_status(pid) == 0);
		for (unsigned i = 0; i < shared_size; i += PAGE)
			CHECK(*(int *)(shared + i) == getpid());
	}
	sbrk(-(long)shared_size);
}

static char page[PAGE] __attribute__((aligned(PAGE)));

/* The kernel copies into pages that are shared: each child reads another number from its pipe into the same place. */
static void file(void)
{
	int fds[2], pids[4];

	memset(page, 99, sizeof(page));
	for (int i = 0; i < 4; i++) {
		CHECK(pipe(fds) == 0);
		pids[i] = fork();
		if (pids[i] == 0) {
			sleep_ms(10);
			CHECK(read(fds[0], page, sizeof(i)) == sizeof(i) && *(int *)page == i);
			_exit(0);
		}
		CHECK(write(fds[1], &i, sizeof(i)) == sizeof(i));
		close(fds[0]);
		close(fds[1]);
	}
	for (int i = 0; i < 4; i++)
		CHECK(wait_status(pids[i]) == 0);
	for (int i = 0; i < PAGE; i++)
		CHECK(page[i] == 99);
}

static int fork_and_write(void)
{
	for (int i = 0; i < 5; i++) {
		int pid = fork();

		if (pid == 0) {
			stamp(0, shared_size);
			_exit(0);
		}
		if (pid < 0 || wait_status(pid) != 0)
			return 1;
	}
	return 0;
}

static void fork_fork(void)
{
	int pids[10];

	shared_size = 64 * PAGE;
	shared = sbrk(shared_size);
	memset(shared, 27, shared_size);
	for (int i = 0; i < 10; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(fork_and_write());
	}
	for (int i = 0; i < 10; i++)
		CHECK(pids[i] > 0 && wait_status(pids[i]) == 0);
	for (unsigned i = 0; i < shared_size; i++)
		CHECK(shared[i] == 27);
}

/* Edges of memory. */

/* Two pages, the second taken away: what ends at the edge is right, what goes over it is not. */
static char *edge(void)
{
	unsigned at = syscall(__NR_mmap2, 0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(at < -4095u && syscall(__NR_munmap, at + PAGE, PAGE) == 0);
	memset((char *)at, 'x', PAGE);
	return (char *)at + PAGE;
}

static void edges(void)
{
	char *end = edge();
	int fds[2], zero = open("/dev/zero", O_RDONLY);
	struct stat st;

	CHECK(pipe(fds) == 0);
	CHECK(read(zero, end - 8, 8) == 8 && end[-1] == 0 && end[-9] == 'x');
	CHECK_ERRNO(syscall(__NR_uname, end - 10), EFAULT);
	CHECK_ERRNO(syscall(__NR_fstat, zero, end - 10), EFAULT);
	CHECK_ERRNO(pipe((int *)(end - 4)), EFAULT);
	CHECK_ERRNO(read(zero, end, 1), EFAULT);
	CHECK_ERRNO(write(fds[1], end, 1), EFAULT);
	CHECK(write(fds[1], end - 3, 3) == 3);
	memcpy(end - 5, "/dev", 5);
	CHECK(stat(end - 5, &st) == 0);
	memcpy(end - 4, "/dev", 4);		/* no NUL before the edge */
	CHECK_ERRNO(stat(end - 4, &st), EFAULT);
	CHECK_ERRNO(open(end - 4, O_RDONLY), EFAULT);
	CHECK_ERRNO(mkdir(end - 4, 0755), EFAULT);
	CHECK_ERRNO(rename("/no-such", end - 4), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, end - 4, NULL, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", end - 4, NULL), EFAULT);
	CHECK_ERRNO(syscall(__NR_nanosleep, end - 4, NULL), EFAULT);
}

/* The same at the end of user space, which is the end of the stack. */
static void end_of_user_space(void)
{
	char *end = (char *)0xC0000000u;
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);

	if (!on_cowix())
		return;
	CHECK(write(null, end - 8, 8) == 8);
	CHECK_ERRNO(read(zero, end - 8, 9), EFAULT);
	CHECK_ERRNO(read(zero, end - 8, 0x40000010), EFAULT);		/* wraps */
	CHECK_ERRNO(read(zero, (char *)0xFFFFFFFF, 1), EFAULT);
	CHECK_ERRNO(syscall(__NR_uname, end - 1), EFAULT);
	CHECK_ERRNO(open(end, O_RDONLY), EFAULT);
	CHECK_ERRNO(syscall(__NR_execve, "/bin/true", end - 4, NULL), EFAULT);
}

static char *heap_end;

static int touch_end(void)
{
	*(volatile char *)heap_end = 1;
	return 0;
}

static void sbrk_edges(void)
{
	char *start = sbrk(0), *p;
	int zero = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < 5000; i++) {
		p = sbrk(1);
		CHECK(p == start + i);
		*p = 1;
	}
	CHECK(sbrk(-5000) == start + 5000 && sbrk(0) == start);
	sbrk(PAGE - (unsigned)start % PAGE);
	p = sbrk(4 * PAGE);
	memset(p, 1, 4 * PAGE);
	CHECK(sbrk(-PAGE) == p + 4 * PAGE);
	heap_end = p + 3 * PAGE;
	CHECK(signal_of(touch_end) == SIGSEGV);
	heap_end--;
	CHECK(signal_of(touch_end) == 0);
	CHECK_ERRNO(read(zero, p + 3 * PAGE, 10), EFAULT);		/* what was given back is the kernel's no more than ours */
	if (on_cowix())		/* elsewhere there may be so much */
		CHECK(sbrk(0x7FFFFFFF) == (void *)-1);
	CHECK(brk((void *)16) == -1 && brk((void *)0xFFFFF000) == -1 && sbrk(0) == p + 3 * PAGE);
	CHECK(brk(start) == 0);
}

static int read_below_stack(void)
{
	char *sp;

	__asm__ volatile("movl %%esp, %0" : "=r"(sp));
	return *(volatile char *)(sp - 9 * 1024 * 1024) == 0;
}

static int write_text(void)
{
	*(volatile char *)(unsigned)write_text = 0x10;
	return 0;
}

static void stack_and_text(void)
{
	CHECK(signal_of(read_below_stack) == SIGSEGV);
	CHECK(signal_of(write_text) == SIGSEGV);
}

static char zeroes[64 * 1024];

static int bss_is_zero(void)
{
	for (size_t i = 0; i < sizeof(zeroes); i++)
		if (zeroes[i])
			return 1;
	memset(zeroes, 1, sizeof(zeroes));
	return 0;
}

static void bss(void)
{
	CHECK(status_of(bss_is_zero) == 0 && status_of(bss_is_zero) == 0);
}

/* Lives and deaths. */

static int tree_fds[2];

static void exit_and_wait(void)
{
	for (int i = 0; i < 100; i++) {
		int pid = fork(), status;

		if (pid == 0)
			_exit(i);
		CHECK(pid > 0 && wait(&status) == pid && WEXITSTATUS(status) == i);
	}
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static void two_children(void)
{
	for (int i = 0; i < 100; i++) {
		int a = fork(), b;

		if (a == 0)
			_exit(0);
		b = fork();
		if (b == 0)
			_exit(0);
		CHECK(a > 0 && b > 0 && wait(NULL) > 0 && wait(NULL) > 0);
	}
}

static int leave_orphan(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0;
}

static int leave_two_orphans(void)
{
	fork();
	fork();
	return 0;
}

/* Parents exit while their children do. Nobody else's children may be waited for here. */
static void reparenting(void)
{
	int self = getpid();

	for (int i = 0; i < 100; i++)
		CHECK(status_of(leave_orphan) == 0 && getpid() == self);
	for (int i = 0; i < 100; i++)
		CHECK(status_of(leave_two_orphans) == 0);
	CHECK_ERRNO(wait(NULL), ECHILD);
}

static int spin(void)
{
	for (volatile int run = 1; run; )
		;
	return 0;
}

/* Three that never call the kernel are killed, and the killer is not kept from it. */
static void preempt_and_kill(void)
{
	int pids[3];

	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(spin());
	}
	sleep_ms(50);
	for (int i = 0; i < 3; i++)
		CHECK(kill(pids[i], SIGKILL) == 0 && WTERMSIG(wait_status(pids[i])) == SIGKILL);
}

/* One that sleeps, one that waits for a child of its own, one that waits for a pipe: all can be killed and waited for. */
static void wait_and_kill(void)
{
	int fds[2], pids[3];
	char c;

	CHECK(pipe(fds) == 0);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			if (i == 0)
				sleep_ms(100000);
			if (i == 1 && fork() > 0)
				wait(NULL);
			read(fds[0], &c, 1);
			_exit(1);
		}
	}
	sleep_ms(20);
	for (int i = 0; i < 3; i++)
		CHECK(kill(pids[i], SIGTERM) == 0 && WTERMSIG(wait_status(pids[i])) == SIGTERM);
	CHECK_ERRNO(kill(pids[0], SIGTERM), ESRCH);
	CHECK(write(fds[1], "abc", 3) == 3);		/* the grandchild goes, too */
}

/* A tracer ends while its child is stopped: SIGCONT lets that go on, nobody has to kill it. */
static int leave_traced(void)
{
	int pid = fork();

	if (pid == 0) {
		syscall(__NR_ptrace, 0, 0, 0, 0);
		raise(SIGSTOP);
		_exit(3);
	}
	return waitpid(pid, NULL, WUNTRACED) != pid || write(tree_fds[1], &pid, sizeof(pid)) != sizeof(pid);
}

static void end_of_tracer(void)
{
	int pid, tries = 0;
	char byte;

	CHECK(pipe(tree_fds) == 0 && status_of(leave_traced) == 0 && read(tree_fds[0], &pid, sizeof(pid)) == sizeof(pid));
	close(tree_fds[1]);
	CHECK(fcntl(tree_fds[0], F_SETFL, O_NONBLOCK) == 0);
	while (read(tree_fds[0], &byte, 1) != 0 && ++tries < 100) {	/* until nobody can write any more */
		kill(pid, SIGCONT);
		sleep_ms(10);
	}
	CHECK(tries < 100);
}

static int pipe_fds[2];

static int write_sequence(void)
{
	char part[1033];
	int n = 0;

	close(pipe_fds[0]);
	for (int i = 0; i < 50; i++) {
		for (size_t at = 0; at < sizeof(part); at++)
			part[at] = n++;
		if (write(pipe_fds[1], part, sizeof(part)) != sizeof(part))
			return 1;
	}
	return 0;
}

static void pipe_sequence(void)
{
	char part[3000];
	int pid, got, step = 1, n = 0;

	CHECK(pipe(pipe_fds) == 0);
	pid = fork();
	if (pid == 0)
		_exit(write_sequence());
	close(pipe_fds[1]);
	while ((got = read(pipe_fds[0], part, step)) > 0) {
		for (int i = 0; i < got; i++)
			CHECK(part[i] == (char)n++);
		step = step * 2 > (int)sizeof(part) ? (int)sizeof(part) : step * 2;
	}
	CHECK(n == 50 * 1033 && wait_status(pid) == 0);
}

static void bad_exec_arguments(void)
{
	for (int i = 0; i < 50; i++) {
		CHECK_ERRNO(syscall(__NR_execve, "/bin/true", (unsigned[]){ 0xFFFFFFFF, 0 }, NULL), EFAULT);
		CHECK_ERRNO(syscall(__NR_execve, "/bin/true", (unsigned[]){ (unsigned)"x", 0x10, 0 }, NULL), EFAULT);
		CHECK_ERRNO(syscall(__NR_execve, "", NULL, NULL), ENOENT);
	}
}

/* ucore's lab 5. */

static void fork_tree(char *path, int depth)
{
	CHECK(write(tree_fds[1], "x", 1) == 1);
	for (int i = 0; i < 2 && depth > 0; i++) {
		int pid = fork();

		CHECK(pid >= 0);
		if (pid == 0) {
			path[4 - depth] = '0' + i;
			fork_tree(path, depth - 1);
			_exit(path[4 - depth] != '0' + i);
		}
	}
	for (int status; wait(&status) > 0;)
		CHECK(status == 0);
}

static void tree(void)
{
	char path[5] = { 0 }, nodes[40];

	CHECK(pipe(tree_fds) == 0);
	fork_tree(path, 4);
	CHECK(path[0] == 0 && read(tree_fds[0], nodes, sizeof(nodes)) == 31);
}

static int divide(void)
{
	volatile int zero = 0;

	return 10 / zero;
}

static int bad_segment(void)
{
	__asm__ volatile("movw %w0, %%ds" : : "r"(0x10));	/* the kernel's */
	return 0;
}

static int no_segment(void)
{
	__asm__ volatile("movw %w0, %%es" : : "r"(0x1F3B));
	return 0;
}

static int software_interrupt(void)
{
	__asm__ volatile("int $14");
	return 0;
}

static int device_interrupt(void)
{
	__asm__ volatile("int $0x20");
	return 0;
}

static int read_null(void)
{
	return *(volatile int *)0;
}

static int read_kernel(void)
{
	return *(volatile int *)0xFFFFF000;
}

static int write_kernel(void)
{
	*(volatile int *)(on_cowix() ? 0xC0100000 : 0xFFFFF000) = 0;
	return 0;
}

static int call_kernel(void)
{
	((void (*)(void))(on_cowix() ? 0xC0100000 : 0xFFFFF000))();
	return 0;
}

static void forbidden(void)
{
	CHECK(signal_of(divide) == SIGFPE);
	CHECK(signal_of(bad_segment) == SIGSEGV && signal_of(no_segment) == SIGSEGV);
	CHECK(signal_of(software_interrupt) == SIGSEGV && signal_of(device_interrupt) == SIGSEGV);
	CHECK(signal_of(read_null) == SIGSEGV && signal_of(read_kernel) == SIGSEGV);
	CHECK(signal_of(write_kernel) == SIGSEGV && signal_of(call_kernel) == SIGSEGV);
}

/* Too many processes. */

static void become(unsigned uid, unsigned processes)
{
	CHECK(setpgid(0, 0) == 0);
	CHECK(syscall(__NR_setrlimit, RLIMIT_NPROC, &(struct rlimit){ processes, processes }) == 0 && setuid(uid) == 0);
}

/* As many forks as the limit allows, the next is refused, and all can be waited for. */
static int forks_to_limit(void)
{
	int n = 0, pid;

	become(12345, 40);
	while ((pid = fork()) > 0)
		n++;
	if (pid == 0) {
		sleep_ms(200);
		_exit(0);
	}
	CHECK(errno == EAGAIN && n == 39);
	for (; n > 0; n--)
		CHECK(wait(NULL) > 0);
	CHECK_ERRNO(wait(NULL), ECHILD);
	return status_of(exit_at_once);
}

static void process_limit(void)
{
	CHECK(status_of(forks_to_limit) == 0);
}

static int bomb_fds[2];

/* It begins when the tests have made all their pages their own, so that they need no memory while it has all. */
static int bomb(void)
{
	char c;

	read(bomb_fds[0], &c, 1);
	for (volatile int run = 1; run; )
		fork();
	return 0;
}

static void contain_bomb(unsigned processes, int *others_can)
{
	extern char _data[], _end[];
	int pid, other;

	CHECK(pipe(bomb_fds) == 0);
	pid = fork();
	if (pid == 0) {
		become(12346, processes);
		_exit(bomb());
	}
	for (volatile char *p = (char *)((unsigned)_data & -PAGE); p < _end; p += PAGE)
		*p = *p;
	CHECK(write(bomb_fds[1], "x", 1) == 1);
	sleep_ms(300);
	other = others_can ? fork() : -1;
	if (other == 0)
		_exit(42);
	kill(-pid, SIGKILL);
	if (others_can)
		*others_can = other > 0 && WEXITSTATUS(wait_status(other)) == 42;
	while (waitpid(pid, NULL, 0) != pid)
		CHECK(errno == EINTR);
	while (kill(-pid, SIGKILL) == 0)
		sleep_ms(10);
}

/* Only where nobody else is. */
static void bomb_within_limit(void)
{
	int others_can = 0;

	if (!on_cowix())
		return;
	contain_bomb(50, &others_can);
	CHECK(others_can);
}

static void bomb_within_memory(void)
{
	if (on_cowix())
		contain_bomb(100000, NULL);
}

/* Trees of forks against a model, which does the same without fork, in arrays, and so knows each exit status beforehand. */

enum { TREES = 1000, TREE_PAGES = 12, STEPS = 5, DEPTH = 3 };

struct model {
	unsigned char byte[TREE_PAGES];
};

static char tree_area[TREE_PAGES * PAGE] __attribute__((aligned(PAGE)));
static int zero_fd;

static unsigned next(unsigned *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	return *seed ^= *seed << 5;
}

static int offset_of(int i)
{
	return i * PAGE + i * 331;
}

static int agrees(const struct model *m)
{
	for (int i = 0; i < TREE_PAGES; i++)
		if ((unsigned char)tree_area[offset_of(i)] != m->byte[i])
			return 0;
	return 1;
}

static void do_write(unsigned r, struct model *m, int real)
{
	int i = r % TREE_PAGES, by_kernel = r >> 8 & 1;

	m->byte[i] = by_kernel ? 0 : r >> 16;
	if (!real)
		return;
	if (by_kernel)
		CHECK(read(zero_fd, tree_area + offset_of(i), 1) == 1);
	else
		tree_area[offset_of(i)] = m->byte[i];
}

/* What a process of the tree does; its exit status. */
static int live(unsigned seed, int depth, struct model *m, int real)
{
	int pids[STEPS], expected[STEPS], children = 0, sum = depth;

	for (int step = 0; step < STEPS; step++) {
		unsigned r = next(&seed), child_seed = next(&seed);

		if (r % 3 || depth == DEPTH) {
			do_write(child_seed, m, real);
		} else {
			struct model copy = *m;

			expected[children] = live(child_seed, depth + 1, &copy, 0);
			pids[children] = real ? fork() : 0;
			CHECK(pids[children] >= 0);
			if (real && pids[children] == 0)
				_exit(live(child_seed, depth + 1, m, 1));
			if (real && r & 0x100)
				CHECK(wait_status(pids[children]) == expected[children] << 8);
			else
				children++;
		}
		CHECK(!real || agrees(m));
	}
	for (int i = 0; i < children && real; i++)
		CHECK(wait_status(pids[i]) == expected[i] << 8);
	CHECK(!real || agrees(m));
	for (int i = 0; i < TREE_PAGES; i++)
		sum = sum * 31 + m->byte[i];
	return sum & 0xFF;
}

static void random_trees(void)
{
	struct model m = { { 0 } };
	unsigned seed = getenv("SEED") ? atoi(getenv("SEED")) : 20260101;

	CHECK((zero_fd = open("/dev/zero", O_RDONLY)) >= 0);
	for (int i = 0; i < TREES; i++)
		live(next(&seed), 0, &m, 1);
}

TESTS({ "simple", "a fork with two thirds of the memory in use", simple }, { "three", "three generations write a quarter of it", three },
      { "file", "the kernel writes to shared pages", file }, { "fork_fork", "children fork children that write", fork_fork },
      { "edges", "pointers at the edge of what is mapped", edges }, { "end_of_user_space", "and of user space", end_of_user_space },
      { "sbrk_edges", "the heap's end", sbrk_edges }, { "stack_and_text", "below the stack, into the text", stack_and_text },
      { "bss", "zeroes are zero in each process", bss }, { "exit_and_wait", "a hundred exits", exit_and_wait },
      { "two_children", "two at a time", two_children }, { "reparenting", "parents and children exit at once", reparenting },
      { "preempt_and_kill", "who never calls the kernel is killed", preempt_and_kill },
      { "end_of_tracer", "what was traced goes on", end_of_tracer }, { "wait_and_kill", "so is who sleeps, waits or reads", wait_and_kill }, { "pipe_sequence", "a pipe keeps order", pipe_sequence },
      { "bad_exec_arguments", "exec with bad arguments", bad_exec_arguments }, { "tree", "a tree of forks", tree },
      { "forbidden", "division by zero, bad segments, interrupts, the kernel's memory", forbidden },
      { "process_limit", "as many processes as the limit allows", process_limit },
      { "bomb_within_limit", "a fork bomb is contained by the limit", bomb_within_limit },
      { "bomb_within_memory", "and by memory", bomb_within_memory },
      { "random_trees", "1,000 random trees of forks, writes and exits agree with a model", random_trees })
