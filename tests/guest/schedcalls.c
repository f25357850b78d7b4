/*
 * Calls about scheduling and the system: policies, affinity, nice levels and
 * their limit, sysinfo(). Calls without effect are refused.
 */
#include <check.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <abi/prctl.h>
#include <abi/ptrace.h>
#include <abi/reboot.h>
#include <abi/sched.h>
#include "sleeping.h"
#include "thread.h"

static int set_policy(int pid, int policy, int priority)
{
	return syscall(__NR_sched_setscheduler, pid, policy, &priority);
}

static void policies(void)
{
	static const int real_time[] = { SCHED_FIFO, SCHED_RR };
	int nothing = 0;

	CHECK(syscall(__NR_sched_getscheduler, 0) == SCHED_OTHER);
	CHECK_ERRNO(syscall(__NR_sched_getscheduler, -1), EINVAL);
	CHECK_ERRNO(syscall(__NR_sched_getscheduler, 99999999), ESRCH);
	CHECK(set_policy(0, SCHED_OTHER, 0) == 0);
	CHECK_ERRNO(set_policy(0, SCHED_OTHER, 1), EINVAL);
	CHECK_ERRNO(set_policy(0, 99, 0), EINVAL);
	CHECK_ERRNO(set_policy(-1, SCHED_OTHER, 0), EINVAL);
	CHECK_ERRNO(set_policy(99999999, SCHED_OTHER, 0), ESRCH);
	CHECK_ERRNO(syscall(__NR_sched_setscheduler, 0, SCHED_OTHER, NULL),
		    EINVAL);
	CHECK_ERRNO(syscall(__NR_sched_setscheduler, 0, SCHED_OTHER, 16),
		    EFAULT);
	CHECK(syscall(__NR_sched_setparam, 0, &nothing) == 0);
	CHECK_ERRNO(syscall(__NR_sched_getparam, 0, NULL), EINVAL);
	for (int i = 0; i < 2; i++) {
		CHECK_ERRNO(set_policy(0, real_time[i], 0), EINVAL);
		CHECK_ERRNO(set_policy(0, real_time[i], 100), EINVAL);
		CHECK(syscall(__NR_sched_get_priority_max, real_time[i]) == 99);
		CHECK(syscall(__NR_sched_get_priority_min, real_time[i]) == 1);
		if (on_cowix() || geteuid() != 0)
			CHECK_ERRNO(set_policy(0, real_time[i], 1), EPERM);
	}
	CHECK(syscall(__NR_sched_get_priority_max, SCHED_OTHER) == 0);
	CHECK(syscall(__NR_sched_get_priority_min, SCHED_BATCH) == 0);
	CHECK_ERRNO(syscall(__NR_sched_get_priority_max, 4), EINVAL);
	CHECK_ERRNO(syscall(__NR_sched_get_priority_min, -1), EINVAL);
}

static void interval(void)
{
	struct timespec ts = { -1, -1 };

	CHECK(syscall(__NR_sched_rr_get_interval, 0, &ts) == 0);
	CHECK(ts.tv_sec == 0 && ts.tv_nsec >= 0);
	CHECK_ERRNO(syscall(__NR_sched_rr_get_interval, -1, &ts), EINVAL);
	CHECK_ERRNO(syscall(__NR_sched_rr_get_interval, 99999999, &ts), ESRCH);
}

static void affinity(void)
{
	unsigned mask[32] = { 0 }, none = 0, cpu = 77, node = 77;
	int n = syscall(__NR_sched_getaffinity, 0, sizeof(mask), mask);

	CHECK(n > 0 && n % 4 == 0 && mask[0] != 0);
	CHECK(syscall(__NR_sched_setaffinity, 0, n, mask) == 0);
	CHECK_ERRNO(syscall(__NR_sched_setaffinity, 0, 4, &none), EINVAL);
	CHECK_ERRNO(syscall(__NR_sched_setaffinity, 99999999, 4, mask), ESRCH);
	CHECK_ERRNO(syscall(__NR_sched_setaffinity, 0, 4, 16), EFAULT);
	CHECK_ERRNO(syscall(__NR_sched_getaffinity, 0, 3, mask), EINVAL);
	CHECK(syscall(__NR_getcpu, &cpu, &node, NULL) == 0);
	CHECK(cpu < 1024 && node < 1024);
	CHECK(syscall(__NR_getcpu, NULL, NULL, NULL) == 0);
	CHECK_ERRNO(syscall(__NR_getcpu, 16, NULL, NULL), EFAULT);
}

static int level_of(int which, int who)
{
	return 20 - syscall(__NR_getpriority, which, who);
}

static void become_user(void)
{
	CHECK(syscall(__NR_setresuid, 1000, 1000, 1000) == 0);
}

/*
 * Checks that RLIMIT_NICE lets a user return to that nice level, but no lower.
 */
static void nice_limit(void)
{
	struct rlimit limit = { 20 - 5, 20 - 5 };	/* nice 5 */

	if (geteuid() != 0)
		return;
	CHECK(setrlimit(RLIMIT_NICE, &limit) == 0);
	become_user();
	CHECK(syscall(__NR_setpriority, PRIO_PROCESS, 0, 15) == 0);
	CHECK(level_of(PRIO_PROCESS, 0) == 15);
	CHECK(syscall(__NR_setpriority, PRIO_PROCESS, 0, 5) == 0);
	CHECK_ERRNO(syscall(__NR_setpriority, PRIO_PROCESS, 0, 4), EACCES);
	CHECK_ERRNO(syscall(__NR_nice, -1), EPERM);
	CHECK(level_of(PRIO_PROCESS, 0) == 5);
	CHECK_ERRNO(syscall(__NR_setpriority, PRIO_PROCESS, 1, 6), EPERM);
	CHECK_ERRNO(syscall(__NR_setpriority, 3, 0, 6), EINVAL);
	CHECK_ERRNO(syscall(__NR_getpriority, PRIO_PROCESS, 99999999), ESRCH);
}

static volatile int tid;

static void tell_tid(void *arg)
{
	(void)arg;
	tid = my_tid();
	await_word(1);
}

/* Checks that a thread's number names it too. */
static void nice_of_threads(void)
{
	struct thread t;

	start(&t, tell_tid, NULL);
	while (!tid)
		sleep_ms(1);
	CHECK(syscall(__NR_setpriority, PRIO_PROCESS, tid, 7) == 0);
	CHECK(level_of(PRIO_PROCESS, tid) == 7);
	word = 1;
	join(&t);
}

static void numbers(void)
{
	struct sysinfo info;
	unsigned long long total;

	CHECK(syscall(__NR_sysinfo, &info) == 0);
	total = (unsigned long long)info.totalram * info.mem_unit;
	CHECK(total >= 4000000 && info.procs >= 2);
	CHECK(info.freeram < info.totalram && info.bufferram < info.totalram);
	CHECK(info.freeram + info.bufferram < info.totalram);
	if (on_cowix())
		CHECK(info.mem_unit == 1);
	CHECK_ERRNO(syscall(__NR_sysinfo, 16), EFAULT);
}

static void refused(void)
{
	if (geteuid() == 0 && on_cowix()) {
		CHECK_ERRNO(syscall(__NR_reboot, 1, 2, 3, 4), EINVAL);
		CHECK_ERRNO(syscall(__NR_reboot, LINUX_REBOOT_MAGIC1,
				    LINUX_REBOOT_MAGIC2B, 0x77, 0), EINVAL);
		CHECK(syscall(__NR_reboot, LINUX_REBOOT_MAGIC1,
			      LINUX_REBOOT_MAGIC2A, LINUX_REBOOT_CMD_CAD_OFF,
			      0) == 0);
		become_user();
	}
	if (geteuid() == 0)
		return;
	CHECK_ERRNO(syscall(__NR_reboot, LINUX_REBOOT_MAGIC1,
			    LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, 0),
		    EPERM);
	CHECK_ERRNO(syscall(__NR_sethostname, "x", 1), EPERM);
	CHECK(syscall(__NR_iopl, 3) == -1 &&
	      syscall(__NR_ioperm, 0, 1, 1) == -1);
}

static void names(void)
{
	char name[16];

	CHECK(syscall(__NR_prctl, PR_SET_NAME, "short") == 0);
	CHECK(syscall(__NR_prctl, PR_GET_NAME, name) == 0);
	CHECK(strcmp(name, "short") == 0);
	CHECK(syscall(__NR_prctl, PR_SET_NAME, "a name that is too long") == 0);
	CHECK(syscall(__NR_prctl, PR_GET_NAME, name) == 0);
	CHECK(strcmp(name, "a name that is ") == 0);
	CHECK_ERRNO(syscall(__NR_prctl, PR_SET_NAME, 16), EFAULT);
	CHECK_ERRNO(syscall(__NR_prctl, PR_GET_NAME, 16), EFAULT);
	CHECK_ERRNO(syscall(__NR_prctl, 0x4321, 0, 0, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(__NR_prctl, -1, 0, 0, 0, 0), EINVAL);
}

/* Checks the letters of /proc/PID/stat. */
static void letters(void)
{
	int pid = fork(), status;

	if (pid == 0) {
		syscall(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
		raise(SIGUSR2);
		for (;;)
			pause();
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	CHECK(state_of(pid) == 't');
	CHECK(syscall(__NR_ptrace, PTRACE_DETACH, pid, 0, 0) == 0);
	await_state(pid, 'S');
	CHECK(kill(pid, SIGSTOP) == 0);
	await_state(pid, 'T');
	CHECK(kill(pid, SIGKILL) == 0);
	while (state_of(pid) != 'Z')
		sleep_ms(1);
	CHECK(state_of(getpid()) == 'R' && waitpid(pid, NULL, 0) == pid);
}

static const struct test tests[] = {
	{ "policies", "scheduling policies and their priorities", policies },
	{ "interval", "sched_rr_get_interval", interval },
	{ "affinity", "on which CPUs; getcpu", affinity },
	{ "nice_limit", "RLIMIT_NICE", nice_limit },
	{ "nice_of_threads", "the nice level of a thread", nice_of_threads },
	{ "numbers", "sysinfo", numbers },
	{ "refused", "reboot, sethostname, ports", refused },
	{ "names", "prctl", names },
	{ "letters", "states in /proc", letters },
	{ 0 }
};

int main(int argc, char **argv)
{
	return run_with_proc(tests, argc, argv);
}
