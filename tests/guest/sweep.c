/*
 * The failure sweep: the first, second, ... allocation of memory in a system call or a fault fails, until one passes untouched. After a failure the error is
 * the right one, the machine's counts and the process's memory are as before, and the same thing done again succeeds.
 */
#include <abi/mman.h>
#include <abi/ptrace.h>
#include <check.h>
#include <cowix.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE 4096
#define PAGES 8
#define TRIES 400		/* more than any operation here has allocations */
#define LARGE (100 * 1024)

/* What is tried. It runs once before anything is counted, so that what it needs of its own code and data is there. */
struct subject {
	int (*run)(void);		/* -1 with errno if it failed */
	void (*prepare)(void);		/* before everything; may be NULL */
	void (*undo)(void);		/* after it succeeded; may be NULL */
	void (*finish)(void);		/* after everything; may be NULL */
	int error;			/* what errno must be, if not ENOMEM */
	int killed;			/* the signal by which it may die instead, with a line in the log if it is SIGKILL */
	int keeps_on_failure;		/* some of it stays done, as the call's description says: counts are compared after undo */
};

enum { UNTOUCHED, BROKEN, REFUSED, ABSORBED };

static char bytes[PAGES * PAGE] __attribute__((aligned(PAGE))), buffer[LARGE];
static struct audit_report before, after;
static char spare[PAGE] __attribute__((aligned(PAGE)));
static volatile char *target, *real_target;	/* what the faults touch, in the rehearsal and then */
static char directory[20];

static unsigned accounted(const struct audit_report *r)
{
	return r->frames_free + r->frames_cache + r->frames_kernel;
}

/* The first count that differs, or NULL. */
static const char *difference(const struct audit_report *a, const struct audit_report *b)
{
	if (b->mismatches)
		return "audit";
	if (accounted(a) != accounted(b))
		return "frames";
	if (a->kernel_objects - a->frames_cache != b->kernel_objects - b->frames_cache)
		return "kernel objects";
	if (a->frames_user != b->frames_user)
		return "user pages";
	if (a->frames_tables != b->frames_tables)
		return "page tables";
	if (a->inodes_used != b->inodes_used)
		return "inodes";
	if (a->files_used != b->files_used)
		return "open files";
	if (a->buffers_used != b->buffers_used)
		return "buffers";
	return a->tasks != b->tasks ? "tasks" : NULL;
}

/* What judging needs of stack, data and code is there, and nobody else's, before anything is counted. */
static void warm_up(void)
{
	extern char _data[], _end[];
	volatile char deep[5 * PAGE];

	for (int i = 0; i < 5; i++)
		deep[i * PAGE] = 0, (void)deep[i * PAGE];
	for (volatile char *p = _data; p < _end; p += PAGE)
		if (p < buffer || p >= buffer + LARGE)		/* which is what the faults are about */
			*p = *p;
	mm_audit(&after, AUDIT_DROP_CACHES);
	difference(&after, &after);
	sleep_ms(0);
	fail_alloc(0);
}

/* Compare with how it was; kernel tasks and dying processes get a moment. */
static const char *changed(const struct audit_report *old)
{
	const char *what = NULL;

	for (int i = 0; i < 20; i++) {
		if (i)
			sleep_ms(10);
		mm_audit(&after, AUDIT_DROP_CACHES);
		what = difference(old, &after);
		if (!what)
			break;
	}
	return what;
}

static int bytes_are_right(void)
{
	for (int i = 0; i < PAGES * PAGE; i++)
		if (bytes[i] != (char)(i / PAGE + i % 251))
			return 0;
	return 1;
}

static void fill_bytes(void)
{
	for (int i = 0; i < PAGES * PAGE; i++)
		bytes[i] = i / PAGE + i % 251;
}

/* The process may write its memory, and no frame goes for that: nobody else has it. */
static void check_writable(void)
{
	CHECK(bytes_are_right());
	fill_bytes();
	CHECK(changed(&before) == NULL);
}

/* One try, in a process of its own. */
static int attempt(const struct subject *s, int n)
{
	int result, error, failed;

	target = spare;
	fill_bytes();
	if (s->prepare)
		s->prepare();
	CHECK(s->run() >= 0);
	if (s->undo)
		s->undo();
	target = real_target ? real_target : spare;
	warm_up();
	mm_audit(&before, AUDIT_DROP_CACHES);
	errno = 0;
	fail_alloc(n);
	result = s->run();
	failed = fail_alloc(0) >= n;
	error = errno;
	if (result >= 0) {
		if (s->undo)
			s->undo();
		if (s->finish)
			s->finish();
		return failed ? ABSORBED : UNTOUCHED;
	}
	errno = error;
	CHECK(failed);
	CHECK(error == (s->error ? s->error : ENOMEM));
	if (s->keeps_on_failure)
		s->undo();
	errno = 0;
	if (changed(&before)) {
		printf("  %s differ\n", changed(&before));
		CHECK(!"as it was");
	}
	check_writable();
	CHECK(s->run() >= 0);		/* and now it goes */
	if (s->undo)
		s->undo();
	if (s->finish)
		s->finish();
	return REFUSED;
}

/* Whether the kernel's log names the victim. */
static int log_names(int pid)
{
	static char log[32768], line[40];
	int length = klogctl(3, log, sizeof(log) - 1);

	CHECK(length > 0);
	log[length] = '\0';
	sprintf(line, "out of memory: pid %d ", pid);
	return strstr(log, line) != NULL;
}

/* Judge how a try has ended; whether the sweep is over. */
static int judge(const struct subject *s, int n, int pid, int status)
{
	int failed = fail_alloc(0) >= n;

	if (WIFSIGNALED(status)) {
		CHECK(failed && s->killed && WTERMSIG(status) == s->killed);
		CHECK(s->killed != SIGKILL || log_names(pid));
		return 0;
	}
	if (WEXITSTATUS(status) == BROKEN)
		printf("  with allocation %d failing\n", n);
	CHECK(WEXITSTATUS(status) != BROKEN);
	return WEXITSTATUS(status) == UNTOUCHED && !failed;
}

/* Sweep one subject; its allocations must be at least so many, or the sweep itself is broken. */
static void sweep(const struct subject *s, int at_least)
{
	struct audit_report start;
	int n;

	if (!on_cowix())
		return;
	warm_up();
	mm_audit(&start, AUDIT_DROP_CACHES);
	for (n = 1; n < TRIES; n++) {
		int pid, over;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			int end = attempt(s, n);

			fflush(stdout);
			_exit(end);
		}
		over = judge(s, n, pid, wait_status(pid));
		if (changed(&start)) {
			printf("  %s differ after allocation %d failed\n", changed(&start), n);
			CHECK(!"as it was");
		}
		mm_audit(&start, AUDIT_DROP_CACHES);
		CHECK(bytes_are_right() || bytes[1] == 0);
		if (over)
			break;
	}
	CHECK(n > at_least && n < TRIES);
}

/* Processes. */

static int fork_once(void)
{
	int pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static int vfork_once(void)
{
	int pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

/* After the call the process goes on writing to memory that it shares with its child: a failure there ends it. */
static void sweep_fork(void)
{
	static const struct subject s = { .run = fork_once, .killed = SIGKILL };

	sweep(&s, 6);
}

static void sweep_vfork(void)
{
	static const struct subject s = { .run = vfork_once, .killed = SIGKILL };

	sweep(&s, 3);
}

static const char *program;

#define W_REFUSED (1 << 8)	/* /bin/false has run: exec failed, and did not when it was tried again */

/* In the rehearsal the program does not exist. The new program counts on, and may be killed by a page that it cannot get. */
static int exec_once(void)
{
	char *argv[] = { "x", "--", NULL }, *envp[] = { "A=b", NULL };

	execve(target == spare ? "/no/such" : program, argv, envp);
	return target == spare ? 0 : -1;
}

static void prepare_exec(void)
{
	real_target = bytes;
}

static void write_file(const char *path, const char *from, int size, int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	CHECK(fd >= 0 && write(fd, from, size) == size && close(fd) == 0);
}

/* exec cannot be asked whether it failed: a try that fails comes back, is checked, and exits. */
static void sweep_exec(void)
{
	for (int n = 1, over = 0; on_cowix() && !over; n++) {
		int pid = fork(), status;

		CHECK(n < TRIES);
		program = "/bin/true";
		if (pid == 0) {
			fill_bytes();
			prepare_exec();
			target = spare;
			exec_once();
			target = real_target;
			memset(&after, 0, sizeof(after));
			mm_audit(&before, AUDIT_DROP_CACHES);
			errno = 0;
			fail_alloc(n);
			exec_once();
			CHECK(fail_alloc(0) >= n && errno == ENOMEM);
			CHECK(changed(&before) == NULL);
			check_writable();
			program = "/bin/false";
			exec_once();
			_exit(BROKEN);
		}
		status = wait_status(pid);
		over = fail_alloc(0) < n && status == 0;
		CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL && log_names(pid) : status == 0 || status == W_REFUSED);
		CHECK(!over || n > 10);
	}
}

/* A script: the interpreter's file and two more strings. */
static void sweep_script(void)
{
	static const char script[] = "#! /bin/true an-argument\n";

	if (!on_cowix())
		return;
	write_file("/tmp/sweep-script", script, sizeof(script) - 1, 0755);
	for (int n = 1, over = 0; !over; n++) {
		int pid, status;

		program = "/tmp/sweep-script";
		pid = fork();
		CHECK(n < TRIES);
		if (pid == 0) {
			prepare_exec();
			target = real_target;
			warm_up();
			mm_audit(&before, AUDIT_DROP_CACHES);
			fail_alloc(n);
			exec_once();
			CHECK(fail_alloc(0) >= n && errno == ENOMEM);
			CHECK(changed(&before) == NULL);
			program = "/bin/false";
			exec_once();
			_exit(BROKEN);
		}
		status = wait_status(pid);
		over = fail_alloc(0) < n && status == 0;
		CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL && log_names(pid) : status == 0 || status == W_REFUSED);
		CHECK(!over || n > 10);
	}
	CHECK(unlink("/tmp/sweep-script") == 0);
}

/* Memory. */

static int grow_heap(void)
{
	return sbrk(4 * PAGE) == (void *)-1 ? -1 : 0;
}

static void shrink_heap(void)
{
	CHECK(sbrk(-4 * PAGE) != (void *)-1);
}

static void sweep_brk(void)
{
	static const struct subject s = { .run = grow_heap, .undo = shrink_heap };

	sweep(&s, 1);
}

static char *map(unsigned length, unsigned prot, unsigned flags, int fd)
{
	unsigned at = syscall(__NR_mmap2, 0, length, prot, flags, fd, 0);

	return (char *)(at >= -4095u ? 0 : at);
}

static char *mapping;
static int file_fd;

static int map_anonymous(void)
{
	mapping = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return mapping ? 0 : -1;
}

static int map_file(void)
{
	mapping = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_fd);
	return mapping ? 0 : -1;
}

static void unmap(void)
{
	CHECK(syscall(__NR_munmap, mapping, 4 * PAGE) == 0);
}

static void open_true(void)
{
	CHECK((file_fd = open("/bin/true", O_RDONLY)) >= 0);
}

static void sweep_mmap(void)
{
	static const struct subject anonymous = { .run = map_anonymous, .undo = unmap };
	static const struct subject file = { .run = map_file, .prepare = open_true, .undo = unmap };

	sweep(&anonymous, 1);
	sweep(&file, 1);
}

/* Three areas out of one: each split needs memory. */
static int protect_middle(void)
{
	return syscall(__NR_mprotect, mapping + PAGE, PAGE, PROT_READ);
}

static void unprotect(void)
{
	unmap();
	CHECK(map_anonymous() == 0);
}

static int unmap_middle(void)
{
	return syscall(__NR_munmap, mapping + PAGE, PAGE);
}

static void prepare_area(void)
{
	CHECK(map_anonymous() == 0);
	memset(mapping, 1, 4 * PAGE);
	unprotect();
}

/* A split that is done when the next one fails stays: the areas say the same as before. */
static void sweep_splits(void)
{
	static const struct subject protect = { .run = protect_middle, .prepare = prepare_area, .undo = unprotect, .keeps_on_failure = 1 };
	static const struct subject unmapping = { .run = unmap_middle, .prepare = prepare_area, .undo = unprotect, .keeps_on_failure = 1 };

	sweep(&protect, 2);
	sweep(&unmapping, 2);
}

/* Faults: who cannot get the page is killed, and a line says so. */

static int write_byte(void)
{
	*target = 1;
	return 0;
}

static int read_byte(void)
{
	(void)*target;
	return 0;
}

static void target_shared(void)
{
	real_target = buffer + 5 * PAGE;
}

static void target_mapping(void)
{
	CHECK(map_anonymous() == 0);
	real_target = mapping;
}

static void target_far(void)
{
	real_target = (char *)syscall(__NR_mmap2, 0x60000000, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void target_file(void)
{
	open_true();
	real_target = (char *)syscall(__NR_mmap2, 0x60000000, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file_fd, 0);
}

static void target_stack(void)
{
	real_target = (char *)&real_target;
	__asm__ volatile("movl %%esp, %0" : "=r"(real_target));
	real_target -= 40 * PAGE;
}

static void sweep_write_fault(void)
{
	static const struct subject shared = { .run = write_byte, .prepare = target_shared, .killed = SIGKILL };
	static const struct subject fresh = { .run = write_byte, .prepare = target_mapping, .killed = SIGKILL };
	static const struct subject far = { .run = write_byte, .prepare = target_far, .killed = SIGKILL };
	static const struct subject file = { .run = write_byte, .prepare = target_file, .killed = SIGKILL };
	static const struct subject stack = { .run = write_byte, .prepare = target_stack, .killed = SIGKILL };

	memset(buffer, 'b', sizeof(buffer));
	sweep(&shared, 1);
	CHECK(buffer[5 * PAGE] == 'b');
	sweep(&fresh, 1);
	sweep(&far, 2);
	sweep(&file, 2);
	sweep(&stack, 1);
}

static void sweep_read_fault(void)
{
	static const struct subject far = { .run = read_byte, .prepare = target_far, .killed = SIGKILL };
	static const struct subject file = { .run = read_byte, .prepare = target_file, .killed = SIGKILL };

	sweep(&far, 1);
	sweep(&file, 1);
}

/* The kernel breaks the sharing for a call: the call fails, the page is still shared and unchanged. */
static int read_zeroes(void)
{
	return read(file_fd, (char *)target, 16);
}

static void open_zero(void)
{
	CHECK((file_fd = open("/dev/zero", O_RDONLY)) >= 0);
	target_shared();
}

static int stat_root(void)
{
	return stat("/", (struct stat *)target);
}

static void sweep_kernel_fault(void)
{
	static const struct subject reading = { .run = read_zeroes, .prepare = open_zero };
	static const struct subject getting = { .run = stat_root, .prepare = target_shared };

	memset(buffer, 'b', sizeof(buffer));
	sweep(&reading, 1);
	sweep(&getting, 1);
	for (int i = 0; i < LARGE; i++)
		CHECK(buffer[i] == 'b');
}

static int first_fpu(void)
{
	if (target != spare)
		__asm__ volatile("fldz; fstp %st(0)");
	return 0;
}

static void sweep_fpu(void)
{
	static const struct subject s = { .run = first_fpu, .prepare = target_shared, .killed = SIGKILL };

	sweep(&s, 1);
}

/* Pipes. */

static int fds[2];

static void close_both(void)
{
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static int make_pipe(void)
{
	return pipe(fds);
}

static void make_pipe_once(void)
{
	CHECK(pipe(fds) == 0 && fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
}

/* A part may go through; what did must come out. */
static int fill_pipe(void)
{
	int n = write(fds[1], buffer, 3 * PAGE), got = 0;

	while (got < n) {
		int part = read(fds[0], buffer + 8 * PAGE, n - got);

		CHECK(part > 0);
		got += part;
	}
	return n;
}

static void sweep_pipe(void)
{
	static const struct subject making = { .run = make_pipe, .undo = close_both };
	static const struct subject writing = { .run = fill_pipe, .prepare = make_pipe_once };

	sweep(&making, 4);
	sweep(&writing, 3);
}

/* Files, on the disk's file system and on tmpfs. Names begin with the directory under test. */

static const char *name(const char *last)
{
	static char paths[4][60];
	static int next;
	char *path = paths[next++ % 4];

	sprintf(path, "%s/%s", directory, last);
	return path;
}

static int create(void)
{
	return file_fd = open(name("new"), O_RDWR | O_CREAT | O_EXCL, 0644);
}

static void remove_new(void)
{
	close(file_fd);
	CHECK(unlink(name("new")) == 0);
}

/* Less than asked for may be written; the file has what was reported, or nothing on an error. */
static int write_much(void)
{
	struct stat st;
	int n;

	lseek(file_fd, 0, SEEK_SET);
	n = write(file_fd, buffer, LARGE);
	CHECK(fstat(file_fd, &st) == 0 && st.st_size == (n < 0 ? 0 : n));
	return n;
}

static void empty_file(void)
{
	CHECK(ftruncate(file_fd, 0) == 0);
}

static void prepare_file(void)
{
	CHECK(create() >= 0 && unlink(name("new")) == 0);
}

static int make_directory(void)
{
	return mkdir(name("dir"), 0755);
}

static void remove_directory(void)
{
	CHECK(rmdir(name("dir")) == 0);
}

static int make_link(void)
{
	return symlink("a-target-of-some-length", name("link"));
}

static void remove_link(void)
{
	CHECK(unlink(name("link")) == 0);
}

static int hard_link(void)
{
	return link(name("old"), name("link"));
}

static void make_old(void)
{
	write_file(name("old"), "old", 3, 0644);
}

static int rename_old(void)
{
	return rename(name("old"), name("newer"));
}

static void rename_back(void)
{
	CHECK(rename(name("newer"), name("old")) == 0);
}

static int remove_old(void)
{
	return unlink(name("old"));
}

static int list(void)
{
	int fd = open(directory, O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = syscall(__NR_getdents, fd, buffer, sizeof(buffer));
	close(fd);
	return n;
}

static int read_old(void)
{
	int fd = open(name("old"), O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = read(fd, buffer, 10);
	close(fd);
	return n;
}

static int follow(void)
{
	struct stat st;

	return stat(name("way/old"), &st);
}

static void make_way(void)
{
	make_old();
	unlink(name("way"));
	CHECK(symlink(".", name("way")) == 0);
}

static int where_am_i(void)
{
	return syscall(__NR_getcwd, buffer, 1000);
}

static void go_there(void)
{
	CHECK(chdir(directory) == 0);
}

static const struct {
	struct subject subject;
	int at_least;
	const char *what;
} file_subjects[] = {
	{ { .run = create, .undo = remove_new }, 2, "create" },
	{ { .run = write_much, .prepare = prepare_file, .undo = empty_file }, 25, "write" },
	{ { .run = make_directory, .undo = remove_directory }, 2, "mkdir" },
	{ { .run = make_link, .undo = remove_link }, 2, "symlink" },
	{ { .run = hard_link, .prepare = make_old, .undo = remove_link }, 1, "link" },
	{ { .run = rename_old, .prepare = make_old, .undo = rename_back }, 1, "rename" },
	{ { .run = remove_old, .prepare = make_old, .undo = make_old }, 1, "unlink" },
	{ { .run = list }, 1, "list" },
	{ { .run = read_old, .prepare = make_old }, 1, "read" },
	{ { .run = follow, .prepare = make_way }, 1, "follow" },
	{ { .run = where_am_i, .prepare = go_there }, 1, "getcwd" },
};

static void sweep_files_in(const char *parent)
{
	sprintf(directory, "%s/sweep", parent);
	for (size_t i = 0; i < sizeof(file_subjects) / sizeof(file_subjects[0]); i++) {
		CHECK(mkdir(directory, 0755) == 0);
		if (getenv("VERBOSE"))
			printf("%s %s\n", directory, file_subjects[i].what);
		/* something of each kind is there before anything is counted, so that the directory keeps its size */
		make_way();
		CHECK(make_directory() == 0);
		remove_directory();
		CHECK(create() >= 0);
		remove_new();
		sweep(&file_subjects[i].subject, file_subjects[i].at_least);
		unlink(name("old"));
		unlink(name("way"));
		unlink(name("newer"));
		CHECK(rmdir(directory) == 0);
	}
}

static void sweep_disk_files(void)
{
	if (on_cowix())
		sweep_files_in("");
}

static void sweep_memory_files(void)
{
	if (!on_cowix())
		return;
	CHECK(mount("none", "/mnt", "tmpfs", 0, NULL) == 0);
	sweep_files_in("/mnt");
	CHECK(umount("/mnt") == 0);
}

static int mount_tmpfs(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int mount_proc(void)
{
	return mount("none", "/mnt", "proc", 0, NULL);
}

static void unmount(void)
{
	CHECK(umount("/mnt") == 0);
}

static void prepare_proc(void)
{
	CHECK(mount_proc() == 0);
}

static int read_proc(void)
{
	int fd = open("/mnt/meminfo", O_RDONLY), n;

	if (fd < 0)
		return -1;
	n = read(fd, buffer, sizeof(buffer));
	close(fd);
	return n;
}

static void sweep_mount(void)
{
	static const struct subject tmpfs = { .run = mount_tmpfs, .undo = unmount }, proc = { .run = mount_proc, .undo = unmount };
	static const struct subject reading = { .run = read_proc, .prepare = prepare_proc, .finish = unmount };

	sweep(&tmpfs, 3);
	sweep(&proc, 2);
	sweep(&reading, 3);
}

/* Waiting for many files: the table of sleepers takes pages of its own. */

static struct pollfd {
	int fd;
	short events, revents;
} polled[256];

static int poll_many(void)
{
	return syscall(__NR_poll, polled, 256, 0);
}

static int poll_and_wait(void)
{
	return syscall(__NR_poll, polled, 256, 10);
}

static void open_many(void)
{
	make_pipe_once();
	for (int i = 0; i < 256; i++)
		polled[i] = (struct pollfd){ .fd = fds[0], .events = 1 };
}

static int select_many(void)
{
	unsigned set[32] = { 0 }, time[2] = { 0, 10000 };

	set[fds[0] / 32] |= 1u << fds[0] % 32;
	return syscall(__NR__newselect, 1000, set, NULL, NULL, time);
}

static void sweep_poll(void)
{
	static const struct subject once = { .run = poll_many, .prepare = open_many };
	static const struct subject waiting = { .run = poll_and_wait, .prepare = open_many };
	static const struct subject selecting = { .run = select_many, .prepare = open_many };

	sweep(&once, 1);
	sweep(&waiting, 2);
	sweep(&selecting, 1);
}

/* Signals. */

static volatile int handled;

static void handler(int sig, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	handled = sig;
}

static void catch_signal(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && sigaction(40, &action, NULL) == 0);
}

static int raise_signal(void)
{
	return kill(getpid(), SIGUSR1);
}

static int queue_signal(void)
{
	siginfo_t info = { .si_code = -1 };

	return syscall(__NR_rt_sigqueueinfo, getpid(), 40, &info);
}

static void block_signal(void)
{
	sigset_t set = 1ull << 39;

	catch_signal();
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static void drop_signal(void)
{
	signal(40, SIG_IGN);
}

/* A frame that cannot be made is a page that cannot be had: the process is killed. A signal that cannot be queued is refused. */
static void sweep_signals(void)
{
	static const struct subject frame = { .run = raise_signal, .prepare = catch_signal, .killed = SIGKILL };
	static const struct subject queue = { .run = queue_signal, .prepare = block_signal, .undo = drop_signal, .error = EAGAIN };

	sweep(&frame, 1);
	sweep(&queue, 1);
}

/* A tracer writes into the text that its child shares with every other process: it gets a copy. */

static int traced;

static void start_traced(void)
{
	traced = fork();
	if (traced == 0) {
		syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	CHECK(waitpid(traced, NULL, WUNTRACED) == traced);
}

static int poke(void)
{
	return target == spare ? 0 : syscall(__NR_ptrace, PTRACE_POKEDATA, traced, (unsigned)start_traced, 0x90909090);
}

static void prepare_poke(void)
{
	start_traced();
	real_target = bytes;
}

static void end_traced(void)
{
	CHECK(kill(traced, SIGKILL) == 0 && WTERMSIG(wait_status(traced)) == SIGKILL);
}

static void sweep_ptrace(void)
{
	static const struct subject s = { .run = poke, .prepare = prepare_poke, .finish = end_traced, .error = EIO };

	sweep(&s, 1);
}

static int lock(void)
{
	struct flock range = { .l_type = F_WRLCK, .l_start = 10, .l_len = 10 };

	return fcntl(file_fd, F_SETLK, &range);
}

static void unlock(void)
{
	struct flock range = { .l_type = F_UNLCK };

	CHECK(fcntl(file_fd, F_SETLK, &range) == 0);
}

static void open_lock(void)
{
	CHECK((file_fd = open("/tmp/sweep-lock", O_RDWR | O_CREAT, 0644)) >= 0 && unlink("/tmp/sweep-lock") == 0);
}

static int open_pty(void)
{
	return file_fd = open("/dev/ptmx", O_RDWR);
}

static void close_file(void)
{
	CHECK(close(file_fd) == 0);
}

static void sweep_others(void)
{
	static const struct subject locking = { .run = lock, .prepare = open_lock, .undo = unlock, .error = ENOMEM };
	static const struct subject terminal = { .run = open_pty, .undo = close_file };

	sweep(&locking, 1);
	sweep(&terminal, 2);
}

TESTS({ "fork", "fork", sweep_fork }, { "vfork", "vfork", sweep_vfork }, { "exec", "exec of a program", sweep_exec },
      { "script", "exec of a script", sweep_script }, { "brk", "brk", sweep_brk }, { "mmap", "mmap without and with a file", sweep_mmap },
      { "splits", "mprotect and munmap in the middle of an area", sweep_splits },
      { "write_fault", "writes to shared, fresh, far, file and stack pages", sweep_write_fault },
      { "read_fault", "reads where no page table is, and of a file", sweep_read_fault },
      { "kernel_fault", "the kernel writes to a shared page", sweep_kernel_fault }, { "fpu", "the first FPU instruction", sweep_fpu },
      { "pipe", "pipe, and a write to it", sweep_pipe }, { "disk_files", "files and names on the root file system", sweep_disk_files },
      { "memory_files", "the same on tmpfs", sweep_memory_files }, { "mount", "mount, and reading /proc", sweep_mount },
      { "poll", "poll and select with many files", sweep_poll }, { "signals", "a signal's frame, a queued signal", sweep_signals },
      { "ptrace", "a tracer's write", sweep_ptrace }, { "others", "a record lock, a terminal", sweep_others })
