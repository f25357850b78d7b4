/*
 * Segments of threads: set_thread_area, modify_ldt, and the segment registers
 * that a signal handler and a tracer find.
 */
#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <abi/ldt.h>

static volatile int count, last;
static int data[2] = { 4711, 4712 };

static void note(int sig)
{
	last = sig;
	count++;
}

static int new_segment(void *base)
{
	struct user_desc d = { .entry_number = -1,
			       .base_addr = (unsigned)base,
			       .limit = 0xFFFFF,
			       .seg_32bit = 1,
			       .limit_in_pages = 1,
			       .useable = 1 };

	CHECK(syscall(__NR_set_thread_area, &d) == 0);
	return d.entry_number;
}

static void load_gs(int entry)
{
	__asm__ volatile("mov %w0, %%gs" : : "r"(entry * 8 + 3));
}

static int read_gs_word(void)
{
	int value;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(value));
	return value;
}

static volatile int other_entry;

static void use_other_segment(int sig)
{
	note(sig);
	load_gs(other_entry);
	CHECK(read_gs_word() == 4712);
}

/* Entries and segments that set_thread_area does not take. */
static void refused(int entry)
{
	struct user_desc d = { .entry_number = -1 };

	CHECK_ERRNO(syscall(__NR_set_thread_area, &d), ESRCH);
	d.entry_number = 1;
	CHECK_ERRNO(syscall(__NR_set_thread_area, &d), EINVAL);
	CHECK_ERRNO(syscall(__NR_get_thread_area, &d), EINVAL);
	d = (struct user_desc){
		.entry_number = entry, .limit = 1, .contents = 2, .seg_32bit = 1
	};
	CHECK_ERRNO(syscall(__NR_set_thread_area, &d), EINVAL);	/* no code, */
	d = (struct user_desc){ .entry_number = entry, .limit = 1 };
	/* nothing of 16 bits, */
	CHECK_ERRNO(syscall(__NR_set_thread_area, &d), EINVAL);
	d = (struct user_desc){ .entry_number = entry,
				.limit = 1,
				.seg_32bit = 1,
				.seg_not_present = 1 };
	/* nothing that is not there */
	CHECK_ERRNO(syscall(__NR_set_thread_area, &d), EINVAL);
}

static void thread_areas(void)
{
	struct user_desc d = { 0 };
	int entry = new_segment(&data[0]), second, pid;

	load_gs(entry);
	CHECK(read_gs_word() == 4711);
	sleep_ms(20);					/* over a switch, */
	CHECK(read_gs_word() == 4711);
	pid = fork();				/* in a child of its own, */
	if (pid == 0) {
		CHECK(read_gs_word() == 4711);
		d = (struct user_desc){ .entry_number = entry,
					.base_addr = (unsigned)&data[1],
					.limit = 0xFFFFF,
					.seg_32bit = 1,
					.limit_in_pages = 1 };
		CHECK(syscall(__NR_set_thread_area, &d) == 0);
		load_gs(entry);
		sleep_ms(50);
		_exit(read_gs_word() != 4712);
	}
	sleep_ms(20);
	CHECK(read_gs_word() == 4711 && wait_status(pid) == 0);
	signal(SIGUSR1, note);
	raise(SIGUSR1);					/* and in handlers */
	CHECK(count == 1 && read_gs_word() == 4711);
	d.entry_number = entry;
	CHECK(syscall(__NR_get_thread_area, &d) == 0 &&
	      d.base_addr == (unsigned)&data[0] && d.limit == 0xFFFFF &&
	      d.seg_32bit && d.limit_in_pages);
	second = new_segment(&data[1]);
	CHECK(second != entry && new_segment(data) != second);
	other_entry = second;		/* a handler's segment goes with it */
	signal(SIGUSR1, use_other_segment);
	raise(SIGUSR1);
	CHECK(count == 2 && read_gs_word() == 4711);
	refused(entry);
}

/* Checks that a removed segment in use harms only its program. */
static void removed_segment(int zero)
{
	int entry = new_segment(data), pid = fork();
	struct user_desc none = { .entry_number = entry,
				  .read_exec_only = !zero,
				  .seg_not_present = !zero },
			 d = { .entry_number = entry };

	if (pid == 0) {
		load_gs(entry);
		__asm__ volatile(
			"push %%es; mov %w0, %%es; pop %%es; mov %w0, %%fs"
			:
			: "r"(entry * 8 + 3));
		CHECK(syscall(__NR_set_thread_area, &none) == 0);
		CHECK(syscall(__NR_get_thread_area, &d) == 0 &&
		      d.seg_not_present && d.base_addr == 0);
		sleep_ms(20);
		for (int i = 0; i < 3; i++)
			if (fork() == 0) {
				sleep_ms(10);
				_exit(0);
			}
		while (wait(NULL) > 0)
			;
		signal(SIGUSR1, note);
		raise(SIGUSR1);
		CHECK(count == 1);
		read_gs_word();
		_exit(0);
	}
	CHECK(WTERMSIG(wait_status(pid)) == SIGSEGV);
}

static void removed_segments(void)
{
	removed_segment(0);
	removed_segment(1);
}

TESTS({ "thread_areas", "set_thread_area", thread_areas },
      { "removed_segments", "a loaded segment goes away", removed_segments })
