/* The failure sweep (sweep.h) of fork, vfork and exec. */
#include <sys/stat.h>
#include "elf_image.h"
#include "sweep.h"

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

/*
 * Fails forks. Afterwards the process still writes to memory shared with its
 * child, and a failure there ends it.
 */
static void sweep_fork(void)
{
	static const struct subject s = { .run = fork_once };

	sweep(&s, 6);
}

static void sweep_vfork(void)
{
	static const struct subject s = { .run = vfork_once };

	sweep(&s, 3);
}

static const char *program;
static char **arguments, *two[] = { "x", "--", NULL };

/*
 * Executes the program; in the rehearsal there is none. The new program's
 * allocations count on. It retries a page that it cannot get.
 */
static int exec_once(void)
{
	char *envp[] = { "A=b", NULL };

	execve(target == spare ? "/no/such" : program, arguments, envp);
	return target == spare ? 0 : -1;
}

/* Checks that a failed exec works when repeated. */
static void exec_again(void)
{
	int pid = fork();

	if (pid == 0) {
		exec_once();
		_exit(BROKEN);
	}
	CHECK(wait_status(pid) == 0);
	_exit(REFUSED);
}

static void prepare_exec(void)
{
	real_target = bytes;
}

/* Executes in a child whose n-th allocation fails. */
static void fail_exec(int n)
{
	fill_bytes();
	prepare_exec();
	target = spare;
	exec_once();
	target = real_target;
	warm_up();
	mm_audit(&before, AUDIT_DROP_CACHES);
	errno = 0;
	fail_alloc(n);
	exec_once();
	CHECK(fail_alloc(0) >= n && errno == ENOMEM);
	CHECK(changed(&before) == NULL);
	check_writable();
	exec_again();
}

/*
 * Sweeps exec of a program, which cannot report a failure afterwards. So a
 * failed try comes back, is checked, and exits.
 */
static void sweep_program(const char *path, char **argv, int at_least)
{
	program = path;
	arguments = argv;
	for (int n = 1, over = 0; !over; n++) {
		int pid = fork(), status;

		CHECK(n < TRIES);
		if (pid == 0)
			fail_exec(n);
		status = wait_status(pid);
		over = fail_alloc(0) < n && status == 0;
		CHECK(WIFSIGNALED(status)
			      ? WTERMSIG(status) == SIGKILL && log_names(pid)
			      : status == 0 || WEXITSTATUS(status) == REFUSED);
		CHECK(!over || n > at_least);
	}
}

static void sweep_exec(void)
{
	if (on_cowix())
		sweep_program("/bin/true", two, 10);
}

/*
 * Executes with 100 KB of arguments: each page is an allocation, as are some
 * tables.
 */
static void sweep_long_exec(void)
{
	static char text[4 * PAGE],
		*argv[] = { "x", text, text, text, text, text, text, NULL };

	memset(text, 'a', sizeof(text) - 1);
	if (on_cowix())
		sweep_program("/bin/true", argv, 6 * 4 + 10);
}

/* Executes a script, with its interpreter's file and two more strings. */
static void sweep_script(void)
{
	static const char script[] = "#! /bin/true an-argument\n";

	if (!on_cowix())
		return;
	write_file("/tmp/sweep-script", script, sizeof(script) - 1, 0755);
	sweep_program("/tmp/sweep-script", two, 10);
	CHECK(unlink("/tmp/sweep-script") == 0);
}

/*
 * Executes a program and its interpreter. The program has pages of .bss. It
 * ends with status 0.
 */
static void sweep_dynamic(void)
{
	static struct image image, loader;

	if (!on_cowix())
		return;
	make_image(&image, ET_DYN);
	image.code[6] = 0;
	name_interpreter(&image, LOADER);
	make_loader(&loader, ET_DYN);
	write_image(MAIN, &image);
	write_image(LOADER, &loader);
	sweep_program(MAIN, two, 14);
	CHECK(unlink(MAIN) == 0 && unlink(LOADER) == 0);
}

TESTS({ "fork", "fork", sweep_fork },
      { "vfork", "vfork", sweep_vfork },
      { "exec", "exec of a program", sweep_exec },
      { "long_exec", "exec with many arguments", sweep_long_exec },
      { "script", "exec of a script", sweep_script },
      { "dynamic", "exec of a program with an interpreter", sweep_dynamic })
