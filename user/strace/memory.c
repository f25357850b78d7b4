/* Reads the memory of a traced process, a word at a time. */
#include "strace.h"
#include <string.h>

#define STEP 32

int read_memory(pid_t pid, unsigned long addr, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		unsigned long at = (addr + done) & ~3ul, word;
		size_t skip = addr + done - at,
		       part = 4 - skip < n - done ? 4 - skip : n - done;

		if (ptrace(PTRACE_PEEKDATA, pid, (void *)at, &word) < 0)
			break;
		memcpy((char *)to + done, (char *)&word + skip, part);
		done += part;
	}
	return done;
}

int read_text(pid_t pid, unsigned long addr, char *to, size_t n)
{
	size_t done = 0, part, got;

	do {
		part = n - done < STEP ? n - done : STEP;
		got = read_memory(pid, addr + done, to + done, part);
		done += got;
	} while (got == part && done < n &&
		 !memchr(to + done - got, '\0', got));
	return done;
}
