/*
 * The canary: a process beside the workers with a pattern in its memory and FPU
 * registers. Nobody else may change those. When asked, it checks that the
 * system still works.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "fuzz.h"

#define WORDS	(8 * 1024)
#define SLEEP_US 3000
#define ANSWER_MS 100000

static unsigned memory[WORDS];
static unsigned char fpu[108], fpu_now[108];
static int its_pid;

/* Shared with the supervisor, but not with workers. */
static struct {
	volatile unsigned asked, answered;
	char answer[64];
} *talk;

static unsigned pattern(unsigned i)
{
	return i * 2654435761u + 0xC0FFEE;
}

static int memory_is_right(void)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (memory[i] != pattern(i))
			return 0;
	return 1;
}

static void load_fpu(void)
{
	__asm__ volatile("fninit; fldpi; fldl2e; fldlg2; fldln2; fld1;"
			 "fld1; fadd %%st(1); fnsave %0; frstor %0"
			 : "=m"(fpu) : : "memory");
}

/*
 * Checks control, status, tags and registers. The last operation's address may
 * be forgotten.
 */
static int fpu_is_right(void)
{
	__asm__ volatile("fnsave %0; frstor %0" : "=m"(fpu_now) : : "memory");
	return memcmp(fpu, fpu_now, 12) == 0 &&
	       memcmp(fpu + 28, fpu_now + 28, 80) == 0;
}

static const char *try_pipe(void)
{
	char bytes[4] = "abc";
	int ends[2], right;

	if (pipe(ends) < 0)
		return "no pipe";
	right = write(ends[1], bytes, 4) == 4 && read(ends[0], bytes, 4) == 4 &&
		memcmp(bytes, "abc", 4) == 0;
	close(ends[0]);
	close(ends[1]);
	return right ? NULL : "a pipe does not work";
}

static const char *try_file(void)
{
	char bytes[4] = "abc";
	int fd = open("/tmp/canary", O_RDWR | O_CREAT | O_TRUNC, 0600), right;

	if (fd < 0)
		return "no file";
	right = write(fd, bytes, 4) == 4 && pread(fd, bytes, 4, 0) == 4 &&
		memcmp(bytes, "abc", 4) == 0;
	close(fd);
	return unlink("/tmp/canary") == 0 && right ? NULL :
	       "a file does not work";
}

static const char *try_program(void)
{
	static char text[40];
	int pid = fork(), status;

	if (pid == 0) {
		execve("/bin/true", (char *[]){ "true", NULL }, NULL);
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "no process";
	sprintf(text, "a program's status is %x", status);
	return status == 0 ? NULL : text;
}

static const char *try_all(void)
{
	const char *wrong = NULL;

	for (int i = 0; i < 3; i++) {
		wrong = try_pipe();
		if (!wrong)
			wrong = try_file();
		if (!wrong)
			wrong = try_program();
		if (!wrong)
			break;
		sleep_us(50000);	/* memory may come back */
	}
	return wrong;
}

static void live(void)
{
	const char *wrong = NULL;

	for (unsigned i = 0; i < WORDS; i++)
		memory[i] = pattern(i);
	load_fpu();
	for (;;) {
		sleep_us(SLEEP_US);
		if (!wrong && !fpu_is_right())
			wrong = "the canary's FPU registers were changed";
		if (!wrong && !memory_is_right())
			wrong = "the canary's memory was changed";
		if (talk->asked == talk->answered)
			continue;
		if (!wrong)
			wrong = try_all();
		strcpy(talk->answer, wrong ? wrong : "");
		talk->answered = talk->asked;
	}
}

/* Starts the canary. Returns its pid; higher pids are not protected. */
int start_canary(void)
{
	talk = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	talk->asked = 0;
	its_pid = fork();
	if (its_pid == 0)
		live();
	return its_pid;
}

/* Unmaps the canary's memory. Called by workers, which must not write there. */
void leave_canary(void)
{
	munmap(talk, PAGE);
}

const char *ask_canary(void)
{
	int status;

	talk->asked++;
	for (int i = 0; i < ANSWER_MS && talk->answered != talk->asked; i++) {
		if (waitpid(its_pid, &status, WNOHANG) != 0)
			return "the canary has died";
		sleep_us(1000);
	}
	if (talk->answered != talk->asked)
		return "the canary does not answer";
	return *talk->answer ? talk->answer : NULL;
}
