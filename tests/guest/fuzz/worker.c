/*
 * The life of a worker: some calls and deeds, then the end. After an exception,
 * a forged frame or a timer it lands and goes on.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>
#include "fuzz.h"

#define ROOM	8192
#define SLICE	10000		/* microseconds before a wait is ended */

static jmp_buf again;
static int left, my_pid;
int depth_left;
char landing_stack[ROOM], alternate_stack[ALTERNATE];

/* Signal handlers and forged frames go here, with any registers. */
__asm__(".text\n.globl landing\nlanding:\n\t"
	"movw %ss, %ax\n\tmovw %ax, %ds\n\tmovw %ax, %es\n\t"
	"movl $landing_stack + 8000, %esp\n\t"
	"pushl $0x202\n\tpopfl\n\tcall landed\n");

/* Goes on with the work. A thread that is not the first ends. */
void landed(void)
{
	if (syscall(__NR_gettid) != my_pid)
		syscall(__NR_exit, 0);
	longjmp(again, 1);
}

static void land_on(int sig)
{
	const struct kernel_sigaction action = {
		.sa_handler = landing, .sa_flags = SA_ONSTACK | SA_NODEFER,
	};

	syscall(__NR_rt_sigaction, sig, &action, NULL, 8);
}

/* Lets most signals land. Called once by each worker. */
static void land_on_all(void)
{
	for (int sig = 1; sig < 65; sig++)
		if (sig < SIGCHLD || sig > SIGTTOU)
			land_on(sig);
}

/* Makes signals come through again that calls may have changed. */
static void arm(void)
{
	static const unsigned timer[] = { 0, SLICE, 0, SLICE };
	static const sigset_t none;

	land_on(SIGALRM);
	syscall(__NR_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
	syscall(__NR_setitimer, 0, timer, NULL);
}

static void arm_all(void)
{
	static const char faults[] = {
		SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGPIPE,
	};
	const stack_t alternate = { alternate_stack, 0, ALTERNATE };

	syscall(__NR_sigaltstack, &alternate, NULL);
	for (unsigned i = 0; i < sizeof(faults); i++)
		land_on(faults[i]);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	arm();
}

/*
 * Checks for holes. Called now and then by the ordinary user, who must never
 * become another.
 */
static void look_for_holes(void)
{
	char byte;
	int fd;

	if (as_root)
		return;
	if (getuid() != STRANGER || geteuid() != STRANGER)
		report(HOLE_ROOT);
	fd = open(SECRET, O_RDONLY);
	if (fd >= 0 && read(fd, &byte, 1) >= 0)
		report(HOLE_SECRET);
}

static const struct {
	const char *name;
	void (*run)(void);
	unsigned weight;
} deeds[] = {
	{ "births", births, 6 }, { "threads", threads, 6 },
	{ "code", odd_code, 25 }, { "fpu", pending_fpu, 4 },
	{ "frames", forged_frame, 12 }, { "stacks", odd_stack, 2 },
	{ "traced", trace_child, 2 }, { "tracer", trace_somebody, 5 },
	{ "programs", run_program, 2 }, { "victim", run_victim, 1 },
	{ "pipes", make_pipes, 12 }, { "terminals", make_terminal, 5 },
	{ "files", make_files, 10 }, { "maps", map_things, 14 },
	{ "forks", fork_and_write, 2 }, { "mounts", mount_things, 5 },
	{ "sockets", make_sockets, 8 },
};

int is_left_out(const char *name)
{
	return left_out && strstr(left_out, name);
}

static void deed(void)
{
	unsigned all = 0, at, i = 0;

	for (unsigned d = 0; d < ARRAY(deeds); d++)
		all += deeds[d].weight;
	for (at = roll(all); at >= deeds[i].weight; i++)
		at -= deeds[i].weight;
	if (!is_left_out(deeds[i].name))
		deeds[i].run();
}

/* Works and ends. The dice begin anew after each landing, elsewhere. */
void work(unsigned seed, int calls, int depth)
{
	dice = seed | 1;
	depth_left = depth;
	left = calls;
	my_pid = getpid();
	add_pid(my_pid);
	arm_all();
	if (setjmp(again))
		arm_all();
	while (left-- > 0) {
		if (left % 16 == 0)
			arm_all();
		else if (left % 16 == 8)
			look_for_holes();
		if (chance(88))
			grammar_call();
		else
			deed();
	}
	_exit(0);
}

static void set_limit(int which, unsigned long most)
{
	const struct rlimit limit = { most, most };

	setrlimit(which, &limit);
}

/* Goes on fuzzing as a program: fuzz work SEED CALLS DEPTH. */
void worker_main(int argc, char **argv)
{
	if (argc < 5)
		_exit(2);
	make_pools();
	work(strtoul(argv[2], NULL, 0), atoi(argv[3]), atoi(argv[4]));
}

/* Becomes a worker: in the folder, without rights, within limits. */
void become_worker(unsigned seed, int calls)
{
	dice = seed;
	leave_canary();
	setpgid(0, 0);
	chdir(PLACE);
	for (int fd = 0; fd < 16; fd++)
		close(fd);
	for (int fd = 0; fd < 3; fd++)
		open("/dev/null", O_RDWR);
	set_limit(RLIMIT_FSIZE, 64 * 1024);
	set_limit(RLIMIT_NPROC, 40);
	set_limit(RLIMIT_AS, chance(80) ? 6 << 20 : 24 << 20);
	set_limit(RLIMIT_CORE, 0);
	if (chance(50))
		syscall(__NR_fail_alloc, 1 + roll(500), plan());
	if (!as_root) {
		syscall(__NR_setgroups32, 0, NULL);
		setgid(STRANGER);
		setuid(STRANGER);
	}
	make_pools();
	land_on_all();
	work(word(), calls, 2);
}
