/* Programs to execute: damaged ELF files, scripts, this program, others. */
#include <fcntl.h>
#include <abi/ptrace.h>
#include <abi/clone.h>
#include <signal.h>
#include "fuzz.h"

#define HEADER	52
#define ENTRY	32			/* of the program header table */

/* The smallest program: two segments, exit(0), the rest for damage. */
static unsigned image[1024];

static void make_image(void)
{
	static const unsigned good[] = {
		0x464C457F, 0x00010101, 0, 0, 0x00030002, 1, 0x08048080, 52, 0,
		0, 0x00200034, 0x00280002, 0,
		1, 0, 0x08048000, 0x08048000, 0x200, 0x200, 5, 4096,
		1, 0x200, 0x08049200, 0x08049200, 0x100, 0x4000, 6, 4096,
	};
	static const unsigned char code[] = {
		0xB8, 1, 0, 0, 0, 0x31, 0xDB, 0xCD, 0x80,
	};

	memset(image, 0x90, sizeof(image));
	memcpy(image, good, sizeof(good));
	memcpy((char *)image + 0x80, code, sizeof(code));
}

static void damage_image(void)
{
	static const unsigned values[] = {
		0, 1, 2, 3, 6, 4095, 4096, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
		0xC0000000, 0xBFFFF000, 0x08048000, 0x08049000, 0x08048001,
	};

	for (int i = roll(5); i > 0; i--)
		image[4 + roll((HEADER + 2 * ENTRY) / 4 - 4)] =
			chance(70) ? values[roll(ARRAY(values))] : word();
}

static int make_script(char *to)
{
	static const char *const lines[] = {
		"#!/bin/true\n", "#! /bin/true  x y \n", "#!x0\n", "#!\n", "#!",
		"#!/bin/true", "#!./x1 a\n", "#!/tests/fuzz work\n", "\n",
		"#!/bin/sh\n:\n", "#! \t\t\n", "#!/dev/null\n", "#!/\n",
	};

	strcpy(to, lines[roll(ARRAY(lines))]);
	if (chance(15))
		memset(to + 3, 'a', 120 + roll(200));
	return strlen(to);
}

static void write_program(const char *name)
{
	static char script[512];
	int fd = call(__NR_open, name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0)
		return;
	if (chance(35)) {
		call(__NR_write, fd, script, make_script(script));
	} else {
		make_image();
		damage_image();
		call(__NR_write, fd, image, chance(80) ? 4096 : roll(600));
	}
	call(__NR_close, fd);
}

/* Executes this program again, which goes on as a worker. */
static void run_myself(void)
{
	char seed[16];

	sprintf(seed, "%u", word());
	call(__NR_execve, "/tests/fuzz", (char *[]){ "fuzz", "work", seed, "40",
	     "0", NULL }, (char *[]){ NULL });
}

static void become_program(void)
{
	const char *name = chance(50) ? "x0" : "x1";

	if (chance(20))
		run_myself();
	if (chance(15))
		call(__NR_execve, some_path(), input('V'), input('V'));
	write_program(name);
	call(__NR_execve, name, (char *[]){ "x", "y", NULL },
	     (char *[]){ "HOME=/", NULL });
	_exit(0);
}

void run_program(void)
{
	int pid;

	if (depth_left <= 0)
		become_program();
	pid = call(chance(50) ? __NR_fork : __NR_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		become_program();
	if (pid > 0) {
		add_pid(pid);
		call(__NR_wait4, pid, 0, 0, 0);
	}
}

/*
 * Executes the set-user-id program while traced, or sharing with another
 * process.
 */
static void become_victim(void)
{
	char *const arguments[] = { "victim", "victim", NULL };

	if (chance(50))
		call(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0);
	call(__NR_execve, VICTIM, arguments, arguments + 2);
	_exit(0);
}

void run_victim(void)
{
	static const unsigned flags[] = {
		0, CLONE_FS, CLONE_FILES, CLONE_FS | CLONE_FILES,
	};
	int pid;

	if (depth_left <= 0 || as_root)
		return;
	pid = call(__NR_clone, flags[roll(4)] | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		become_victim();
	add_pid(pid);
	for (int i = 0; i < 20 && pid > 0; i++) {
		if (chance(30))
			grammar_call();
		if (chance(20))
			trace_somebody();
	}
	call(__NR_umask, 077);
	call(__NR_chdir, "d0");
}
