/* The memory of a traced process, a word at a time. */
#include "strace.h"
#include <string.h>

int read_memory(pid_t pid, unsigned long addr, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		unsigned long at = (addr + done) & ~3ul, word;
		size_t skip = addr + done - at, part = 4 - skip < n - done ? 4 - skip : n - done;

		if (ptrace(PTRACE_PEEKDATA, pid, (void *)at, &word) < 0)
			break;
		memcpy((char *)to + done, (char *)&word + skip, part);
		done += part;
	}
	return done;
}
