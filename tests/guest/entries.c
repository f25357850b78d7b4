/*
 * Page-table entries and the TLB: the rights of an entry after each change, for
 * a process that just used it. Also what becomes of sharing.
 */
#include <abi/mman.h>
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include "small_elf.h"

#define PAGE 4096

static int zero_fd, null_fd;

static void open_devices(void)
{
	CHECK((zero_fd = open("/dev/zero", O_RDONLY)) >= 0 &&
	      (null_fd = open("/dev/null", O_WRONLY)) >= 0);
}

static char *map(unsigned pages, unsigned prot, unsigned flags, int fd)
{
	unsigned at = syscall(__NR_mmap2, 0, pages * PAGE, prot, flags, fd, 0);

	CHECK(at < -4095u);
	return (char *)at;
}

static char *anonymous(unsigned pages)
{
	return map(pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1);
}

static void protect(char *at, unsigned pages, unsigned prot)
{
	CHECK(syscall(__NR_mprotect, at, pages * PAGE, prot) == 0);
}

/*
 * Returns 1 if the kernel can read there. A fork would empty the TLB, so this
 * process itself asks.
 */
static int readable(const char *at)
{
	int fds[2], n;

	CHECK(pipe(fds) == 0);
	n = write(fds[1], at, 1);
	close(fds[0]);
	close(fds[1]);
	return n == 1;
}

static int writable(char *at)
{
	return read(zero_fd, at, 1) == 1;
}

/*
 * Loads TLB entries for the page, since emulators keep one for each privilege
 * level.
 */
static void use(char *at, char value)
{
	CHECK(writable(at) && readable(at));
	*at = value;
}

/* A tick in between would hide a forgotten flush, so it tries some times. */
static void unmapped_at_once(void)
{
	for (int i = 0; i < 20; i++) {
		char *p = anonymous(1);

		use(p, 'd');
		CHECK(syscall(__NR_munmap, p, PAGE) == 0 && !readable(p) &&
		      !writable(p));
	}
}

/* Uses entries, then changes them. */
static void no_stale_entries(void)
{
	char *p = anonymous(3);

	open_devices();
	memset(p, 'a', 3 * PAGE);
	use(p, 'a');
	protect(p, 1, PROT_READ);
	CHECK(!writable(p) && readable(p) && *p == 'a');
	use(p + PAGE, 'b');
	protect(p + PAGE, 1, PROT_NONE);
	CHECK(!readable(p + PAGE) && !writable(p + PAGE));
	use(p + 2 * PAGE, 'c');
	CHECK(syscall(__NR_madvise, p + 2 * PAGE, PAGE, MADV_DONTNEED) == 0 &&
	      p[2 * PAGE] == 0);
	unmapped_at_once();
	protect(p, 3, PROT_READ | PROT_WRITE);
	CHECK(writable(p) && p[0] == 0 && p[1] == 'a' && p[PAGE] == 'b' &&
	      p[PAGE + 1] == 'a');
}

/* Checks that an untouchable page keeps its bytes, through a fork as well. */
static void no_access(void)
{
	char *p = anonymous(2);
	int pid;

	open_devices();
	memset(p, 'n', 2 * PAGE);
	protect(p, 2, PROT_NONE);
	pid = fork();
	if (pid == 0) {
		CHECK(!readable(p));
		protect(p, 2, PROT_READ | PROT_WRITE);
		CHECK(p[0] == 'n' && p[2 * PAGE - 1] == 'n');
		memset(p, 'c', PAGE);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && !readable(p));
	protect(p, 1, PROT_READ);
	CHECK(p[0] == 'n' && p[PAGE - 1] == 'n' && !writable(p));
	protect(p, 1, PROT_READ | PROT_WRITE);
	p[0] = 'm';
	CHECK(p[0] == 'm' && p[1] == 'n');
}

/*
 * Checks that a parent gets its pages back when its child has gone, several at
 * a time. Pages it protected itself stay so.
 */
static void protection_outlives_fork(void)
{
	char *p = anonymous(3);
	int pid;

	open_devices();
	memset(p, 'o', 3 * PAGE);
	protect(p + PAGE, 1, PROT_READ);
	pid = fork();
	if (pid == 0)
		_exit(0);
	CHECK(wait_status(pid) == 0);
	p[0] = 'w';
	CHECK(!writable(p + PAGE) && p[PAGE] == 'o' && writable(p + 2 * PAGE));
}

/* Checks that mprotect which allows writing again does not end the sharing. */
static void protection_keeps_sharing(void)
{
	char *p = anonymous(2);
	int pid;

	memset(p, 's', 2 * PAGE);
	pid = fork();
	if (pid == 0) {
		protect(p, 2, PROT_READ);
		protect(p, 2, PROT_READ | PROT_WRITE);
		memset(p, 't', 2 * PAGE);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && p[0] == 's' && p[2 * PAGE - 1] == 's');
}

static char *target;

static int write_signal(void)
{
	int pid = fork(), status;

	if (pid == 0) {
		*(volatile char *)target = 1;
		_exit(0);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/*
 * Reads first, to make an entry: the zero page, or the file's, in areas that
 * are only read.
 */
static void read_only(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	if (on_cowix())
		fd = open("/bin/true", O_RDONLY);
	open_devices();
	target = map(1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	CHECK(*target == 0 && !writable(target) && write_signal() == SIGSEGV &&
	      *target == 0);
	target = map(1, PROT_READ, MAP_PRIVATE, fd);
	CHECK(*target == 0x7F && !writable(target) &&
	      write_signal() == SIGSEGV && *target == 0x7F);
	target = map(1, PROT_READ, MAP_SHARED, fd);
	CHECK(*target == 0x7F && !writable(target) &&
	      write_signal() == SIGSEGV && *target == 0x7F);
}

/*
 * Writes to a private mapping in parent and child. Neither sees the other's,
 * and the file sees none.
 */
static void private_file(void)
{
	char *p, byte;
	int fd = open("/tmp/test-entries", O_RDWR | O_CREAT | O_TRUNC, 0644),
	    pid;

	CHECK(fd >= 0 && unlink("/tmp/test-entries") == 0 &&
	      write(fd, "file", 4) == 4);
	p = map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	CHECK(memcmp(p, "file", 4) == 0);
	pid = fork();
	if (pid == 0) {
		p[0] = 'c';
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && p[0] == 'f');
	p[0] = 'p';
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, &byte, 1) == 1 &&
	      byte == 'f');
	p = map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	CHECK(p[1] == 'i');
	p[1] = 'q';		/* no fork has made it read-only */
	CHECK(read(fd, &byte, 1) == 1 && byte == 'i');
}

/* Checks that a page shared through a file outlives its users. */
static void shared_file(void)
{
	int fd = open(on_cowix() ? "/bin/true" : "/proc/self/exe", O_RDONLY);
	char *p = map(1, PROT_READ, MAP_SHARED, fd);

	for (int i = 0; i < 20; i++) {
		int pid = fork();

		if (pid == 0)
			_exit(*p != 0x7F);
		CHECK(wait_status(pid) == 0 && *p == 0x7F);
	}
}

/*
 * Makes more references to one frame than a byte can count. With the children's
 * it is more than 16 bits.
 */
static void many_references(void)
{
	enum { PAGES = 9000 };
	volatile char *p = map(PAGES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	int pids[8], sum = 0;

	for (int i = 0; i < PAGES; i++)
		sum |= p[i * PAGE];
	for (int i = 0; i < 8; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			p[i * PAGE] = 1;
			sleep_ms(50);
			for (int j = 0; j < PAGES; j++)
				sum += p[j * PAGE];
			_exit(sum != 1);
		}
	}
	for (int i = 0; i < 8; i++)
		CHECK(pids[i] > 0 && wait_status(pids[i]) == 0);
	for (int i = 0; i < PAGES; i++)
		sum |= p[i * PAGE];
	CHECK(sum == 0);
}

/* Checks that unmapping an area keeps its neighbours' page tables. */
static void neighbours(void)
{
	char *p = anonymous(3);

	p[0] = p[PAGE] = p[2 * PAGE] = 1;
	CHECK(syscall(__NR_munmap, p + PAGE, PAGE) == 0);
	CHECK(p[0] == 1 && p[2 * PAGE] == 1);
}

/*
 * Maps a writable segment whose file goes on behind it. The program must find
 * zeroes there: it exits with the first such byte.
 */
static void tail_of_segment(void)
{
	static const unsigned char code[] = {
		/* movzbl ELF_BASE + 0x90, %ebx */
		0x0F, 0xB6, 0x1D, 0x90, 0x80, 0x04, 0x08,
		0xB8, 1, 0, 0, 0, 0xCD, 0x80,			/* exit */
	};
	const struct elf32_phdr segment = {
		.p_filesz = ELF_HEADERS + sizeof(code),
		.p_memsz = PAGE,
		.p_flags = PF_R | PF_W | PF_X,
	};
	char image[PAGE];

	if (!on_cowix())
		return;
	memset(image, 'x', sizeof(image));
	put_program(image, segment, code, sizeof(code));
	CHECK(run_image("/tmp/test-tail", image, sizeof(image)) == 0);
}

TESTS({ "no_stale_entries", "a change holds for who has just used the page",
	no_stale_entries },
      { "no_access", "what nobody may touch is kept", no_access },
      { "protection_outlives_fork",
	"nor does the end of a sharing end a protection",
	protection_outlives_fork },
      { "protection_keeps_sharing", "mprotect does not end the sharing",
	protection_keeps_sharing },
      { "read_only", "pages that are there and may only be read", read_only },
      { "private_file", "private mappings of a file", private_file },
      { "shared_file", "shared mappings of a file over fork", shared_file },
      { "many_references", "80,000 references to one frame", many_references },
      { "neighbours", "a page table with others' entries stays", neighbours },
      { "tail_of_segment",
	"zeroes behind a segment that ends in the middle of a page",
	tail_of_segment })
