/*
 * Memory management's reports in /proc: vmtrace, pages, frames, audit. Linux
 * has none of them.
 */
#include <check.h>
#include <cowix.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define PAGE 4096
#define TRACE "/proc/vmtrace"
#define TRACE_LINE 64
#define RING 4096
#define TEXT_MAX ((RING + 64) * TRACE_LINE)
#define PAGES_LINE 39
#define FRAMES_LINE 74

static char text[TEXT_MAX + 1];

static int read_pieces(const char *path, char *to, int size, int piece)
{
	int fd = open(path, O_RDONLY), at = 0, n;

	if (fd < 0)
		return -1;
	while (at + piece <= size && (n = read(fd, to + at, piece)) > 0)
		at += n;
	to[at] = '\0';
	close(fd);
	return at;
}

static int read_text(const char *path)
{
	return read_pieces(path, text, TEXT_MAX, PAGE);
}

static int trace(const char *what)
{
	int fd = open(TRACE, O_WRONLY), n = write(fd, what, strlen(what)),
	    error = errno;

	close(fd);
	errno = error;
	return n;
}

/* Returns a page of the heap that was written. */
static char *written_page(void)
{
	char *page =
		(char *)(((unsigned long)sbrk(2 * PAGE) + PAGE - 1) & -PAGE);

	*page = 1;
	return page;
}

/*
 * Returns the first line from at on of that kind, process and address, or NULL.
 */
static char *find_event(char *at, const char *kind, int pid, const void *addr)
{
	char wanted[40];

	sprintf(wanted, " %-5s %5d %08lx ", kind, pid, (unsigned long)addr);
	at = strstr(at, wanted);
	return at ? at + strlen(wanted) : NULL;
}

static int says(const char *at, int before, int after)
{
	char wanted[20];

	sprintf(wanted, " %7d %7d ", before, after);
	return at && strncmp(at + 8, wanted, strlen(wanted)) == 0;
}

/*
 * Checks a page's events: mapped, shared, copied by the child, given back,
 * unprotected for the parent.
 */
static void life_of_a_page(void)
{
	char *page = (char *)(((unsigned long)sbrk(2 * PAGE) + PAGE - 1) &
			      -PAGE),
	     *at, wanted[40];
	int pid;

	if (!on_cowix())
		return;
	CHECK(trace("1\n") == 2);
	*page = 1;
	pid = xfork(FORK_POLICY_COW, NULL);
	if (pid == 0) {
		*page = 2;
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
	*page = 3;
	CHECK(trace("0") == 1 && read_text(TRACE) % TRACE_LINE == 0);
	at = find_event(text, "fault", getpid(), page);
	CHECK(says(at, 0, 1));
	at = find_event(at, "share", getpid(), page);
	CHECK(says(at, 1, 2));
	sprintf(wanted, " fork  %5d %d ", getpid(), pid);
	CHECK(strstr(at, wanted));
	at = find_event(at, "copy", pid, page);
	CHECK(says(at, 2, 1));
	CHECK(says(find_event(at, "free", pid, page), 1, 0) &&
	      strncmp(find_event(at, "free", pid, page), strchr(at, '\n') - 8,
		      8) == 0);
	at = find_event(at, "reuse", getpid(), page);
	CHECK(says(at, 1, 1) && !find_event(at, "copy", getpid(), page));
	CHECK(trace("0") == 1);
}

/* Traces a child by policy that writes a page and exits. Returns its pid. */
static int trace_child(int policy, char *page)
{
	int pid;

	CHECK(trace("1") == 1);
	pid = xfork(policy, NULL);
	if (pid == 0) {
		*page = 2;
		_exit(0);
	}
	CHECK(wait_status(pid) == 0 && trace("0") == 1 &&
	      read_text(TRACE) > 0 && trace("0") == 1);
	return pid;
}

/* Returns the number at the end of an event's line. */
static unsigned other_of(const char *at)
{
	return strtoul(strchr(at, '\n') - 8, NULL, 16);
}

/*
 * Checks a table's events: lent, copied when the child writes a page below it,
 * given back. Only that shares the page.
 */
static void life_of_a_table(void)
{
	char *page = (char *)0x60001000, *table = (char *)0x60000000, *at,
	     *split, *share;
	int pid;

	if (!on_cowix())
		return;
	CHECK(mmap(page, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page);
	*page = 1;
	pid = trace_child(FORK_POLICY_LAZY, page);
	at = find_event(text, "lend", getpid(), table);
	CHECK(says(at, 1, 2) && !find_event(text, "share", getpid(), page));
	split = find_event(at, "split", pid, table);
	CHECK(says(split, 2, 1) && strncmp(split, at, 8) == 0);
	share = find_event(split, "share", pid, page);
	CHECK(says(share, 1, 2) && other_of(share) == other_of(split));
	CHECK(says(find_event(share, "copy", pid, page), 2, 1));
	at = find_event(share, "tfree", pid, table);
	CHECK(says(at, 1, 0) && strtoul(at, NULL, 16) == other_of(split) &&
	      *page == 1);
}

/*
 * Checks a fork that copies at once. The parent's frame gains no count, and
 * nobody copies it again.
 */
static void whole_copy(void)
{
	char *page = written_page(), *at;
	int pid;

	if (!on_cowix())
		return;
	pid = trace_child(FORK_POLICY_OLD, page);
	at = find_event(text, "dup", getpid(), page);
	CHECK(says(at, 1, 1) && !find_event(text, "share", getpid(), page) &&
	      !find_event(text, "copy", pid, page));
	CHECK(says(find_event(at, "free", pid, page), 1, 0) &&
	      strtoul(find_event(at, "free", pid, page), NULL, 16) ==
		      other_of(at));
}

static unsigned free_frames(void)
{
	struct audit_report r;

	CHECK(mm_audit(&r, 0) == 0);
	return r.frames_free;
}

static void switching(void)
{
	unsigned before;
	int fd, pid;

	if (!on_cowix())
		return;
	/* all pages it takes are there now */
	CHECK(trace("1") == 1 && trace("0") == 1 && trace("0") == 1 &&
	      read_text(TRACE) == 0);
	before = free_frames();
	CHECK(trace("1") == 1 && trace("1") == 1 &&
	      free_frames() == before - RING / 128);
	CHECK_ERRNO(trace("x"), EINVAL);
	CHECK(trace("0") == 1 && read_text(TRACE) > 0 &&
	      strncmp(text, "       0 ", 9) == 0);
	CHECK(trace("0") == 1 && free_frames() == before &&
	      read_text(TRACE) == 0);
	fd = open(TRACE, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	CHECK_ERRNO(write(fd, (void *)4, 1), EFAULT);
	CHECK(write(fd, "", 0) == 0 && close(fd) == 0);
	CHECK_ERRNO(open("/proc/frames", O_WRONLY), EROFS);
	CHECK_ERRNO(chmod(TRACE, 0666), EROFS);
	pid = fork();
	if (pid == 0) {
		CHECK(setuid(1000) == 0);
		CHECK_ERRNO(open(TRACE, O_RDONLY), EACCES);
		CHECK_ERRNO(open(TRACE, O_WRONLY), EACCES);
		CHECK_ERRNO(open("/proc/1/pages", O_RDONLY), EACCES);
		CHECK(open("/proc/frames", O_RDONLY) >= 0);
		_exit(0);
	}
	CHECK(wait_status(pid) == 0);
}

/* Checks that the last events are kept, numbered on, if there are too many. */
static void ring(void)
{
	static char other[3 * TRACE_LINE + 1];
	unsigned long first;

	if (!on_cowix())
		return;
	CHECK(trace("1") == 1);
	for (int i = 0; i < 3; i++) {
		char *heap = sbrk(700 * PAGE);

		for (int n = 0; n < 700; n++)
			heap[n * PAGE] = 1;
		sbrk(-700 * PAGE);
	}
	CHECK(trace("0") == 1 && read_text(TRACE) == RING * TRACE_LINE);
	first = strtoul(text, NULL, 10);
	CHECK(first >= 3 * 1400 - RING && first < 3 * 1400 - RING + 100);
	for (int i = 0; i < RING; i++)
		CHECK(strtoul(text + i * TRACE_LINE, NULL, 10) == first + i &&
		      text[i * TRACE_LINE + TRACE_LINE - 1] == '\n');
	CHECK(read_pieces(TRACE, other, 3 * TRACE_LINE, 7) > 2 * TRACE_LINE &&
	      strncmp(text, other, 2 * TRACE_LINE) == 0);
	CHECK(trace("0") == 1);
}

/*
 * Returns the line of a page in /proc/self/pages. The page may stand in a run.
 */
static char *pages_line(const char *addr)
{
	CHECK(read_text("/proc/self/pages") % PAGES_LINE == 0);
	for (char *at = text; *at; at += PAGES_LINE) {
		unsigned long start = strtoul(at, NULL, 16);

		if ((unsigned long)addr >= start &&
		    (unsigned long)addr <
			    start + strtoul(at + 9, NULL, 10) * PAGE)
			return at;
	}
	return NULL;
}

static void pages(void)
{
	char *page, *line, c;
	int pid, fds[2];
	unsigned frame;

	if (!on_cowix())
		return;
	page = written_page();
	line = pages_line(page);
	CHECK(line && strtoul(line + 25, NULL, 10) == 1 &&
	      strncmp(line + 32, "rw-da-\n", 7) == 0);
	CHECK(page[PAGE] == 0 && (line = pages_line(page + PAGE)) &&
	      strncmp(line + 32, "r-c-az\n", 7) == 0);
	CHECK(pipe(fds) == 0);
	pid = xfork(FORK_POLICY_COW, NULL);
	if (pid == 0) {
		read(fds[0], &c, 1);
		_exit(0);
	}
	line = pages_line(page);
	CHECK(line && strtoul(line + 25, NULL, 10) == 2 &&
	      strncmp(line + 32, "r-cda-\n", 7) == 0);
	frame = strtoul(line + 16, NULL, 16) / PAGE +
		((unsigned long)page - strtoul(line, NULL, 16)) / PAGE;
	CHECK(read_text("/proc/frames") % FRAMES_LINE == 0 &&
	      text[frame / 64 * FRAMES_LINE + 9 + frame % 64] == '2');
	write(fds[1], "x", 1);
	CHECK(wait_status(pid) == 0);
	read_text("/proc/frames");
	CHECK(text[frame / 64 * FRAMES_LINE + 9 + frame % 64] == '1');
	*page = 2;
	line = pages_line(page);
	CHECK(line && strncmp(line + 32, "rw-da-\n", 7) == 0);
}

/*
 * Compares the characters of /proc/frames with the audit's count of free
 * frames.
 */
static void frames(void)
{
	struct audit_report r;
	unsigned unused = 0, n;

	if (!on_cowix())
		return;
	read_text("/proc/frames");
	n = read_text("/proc/frames");
	for (char *at = text; *at; at++)
		unused += *at == '.';
	/* the page in which the text is printed */
	CHECK(mm_audit(&r, 0) == 0 && unused + 1 == r.frames_free);
	CHECK(n > r.frames_total &&
	      read_pieces("/proc/frames", text, 3 * FRAMES_LINE, 5) > 0 &&
	      text[FRAMES_LINE - 1] == '\n');
	CHECK(strncmp(text + FRAMES_LINE, "00040000 ", 9) == 0);
}

static unsigned long number_of(const char *word)
{
	const char *at = strstr(text, word);

	CHECK(at && (at == text || at[-1] == '\n'));
	return strtoul(at + strlen(word), NULL, 10);
}

static void audit_text(void)
{
	struct audit_report r;

	if (!on_cowix())
		return;
	read_text("/proc/audit");
	CHECK(read_text("/proc/audit") > 100 &&
	      strncmp(text, "mismatches        0\n", 20) == 0 &&
	      mm_audit(&r, 0) == 0);
	CHECK(number_of("frames ") == r.frames_total &&
	      number_of("cache ") == r.frames_cache &&
	      number_of("tables ") == r.frames_tables);
	CHECK(number_of("entries ") == r.frames_user &&
	      number_of("tasks ") == r.tasks &&
	      number_of("free ") == r.frames_free - 1);
	CHECK_ERRNO(open("/proc/audit", O_RDWR), EROFS);
}

static const struct test list[] = {
	{ "life_of_a_page", "fault, share, copy, free, reuse of one page",
	  life_of_a_page },
	{ "life_of_a_table", "lend, split, share, tfree of a page table",
	  life_of_a_table },
	{ "whole_copy", "dup of a page", whole_copy },
	{ "switching", "on, off, frames, permissions", switching },
	{ "ring", "more events than are kept", ring },
	{ "pages", "entries before, between and after fork", pages },
	{ "frames", "counts of all frames", frames },
	{ "audit_text", "the audit as a text", audit_text },
	{ 0 },
};

int main(int argc, char **argv)
{
	int mounted = access("/proc/self", F_OK) < 0 &&
		      mount("proc", "/proc", "proc", 0, NULL) == 0,
	    status = run_tests(list, argc, argv);

	if (mounted && umount("/proc") < 0) {
		printf("FAILED: /proc is still busy\n");
		return 1;
	}
	return status;
}
