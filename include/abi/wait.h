/* wait(): options and how a status is read. */
#ifndef ABI_WAIT_H
#define ABI_WAIT_H

#define WNOHANG		1
#define WUNTRACED	2
#define WSTOPPED	2
#define WEXITED		4
#define WCONTINUED	8
#define WNOWAIT		0x01000000
#define __WNOTHREAD	0x20000000 /* only children of the calling thread */
#define __WALL		0x40000000	/* children of both kinds */
#define __WCLONE	0x80000000 /* those whose end is not told by SIGCHLD */

#define P_ALL		0
#define P_PID		1
#define P_PGID		2

#define WEXITSTATUS(s)	(((s) >> 8) & 0xFF)
#define WTERMSIG(s)	((s) & 0x7F)
#define WSTOPSIG(s)	WEXITSTATUS(s)
#define WIFEXITED(s)	(WTERMSIG(s) == 0)
#define WIFSTOPPED(s)	(((s) & 0xFF) == 0x7F)
#define WIFSIGNALED(s)	(((s) & 0x7F) != 0 && ((s) & 0x7F) != 0x7F)
#define W_STOPPED(sig)	((sig) << 8 | 0x7F)
#define CORE_FLAG	0x80		/* a core file was written */
#define W_CONTINUED	0xFFFF
#define WIFCONTINUED(s)	((s) == 0xFFFF)

#endif
