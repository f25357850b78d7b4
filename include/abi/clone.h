/* clone() and clone3(). */
#ifndef ABI_CLONE_H
#define ABI_CLONE_H

#include <abi/types.h>

/* of clone(): the signal that tells the parent of the end */
#define CLONE_SIGNAL		0x000000FF
#define CLONE_VM		0x00000100
#define CLONE_FS		0x00000200
#define CLONE_FILES		0x00000400
#define CLONE_SIGHAND		0x00000800
#define CLONE_PIDFD		0x00001000
#define CLONE_PTRACE		0x00002000
#define CLONE_VFORK		0x00004000
#define CLONE_PARENT		0x00008000
#define CLONE_THREAD		0x00010000
#define CLONE_NEWNS		0x00020000
#define CLONE_SYSVSEM		0x00040000
#define CLONE_SETTLS		0x00080000
#define CLONE_PARENT_SETTID	0x00100000
#define CLONE_CHILD_CLEARTID	0x00200000
#define CLONE_DETACHED		0x00400000	/* means nothing any more */
#define CLONE_UNTRACED		0x00800000
#define CLONE_CHILD_SETTID	0x01000000
#define CLONE_NAMESPACES	0x7E020080	/* CLONE_NEW*: all of them */
#define CLONE_IO		0x80000000
#define CLONE_CLEAR_SIGHAND	0x100000000ull	/* clone3() only */

#define CLONE_ARGS_SIZE_VER0	64		/* up to tls */

struct clone_args {
	unsigned long long flags, pidfd, child_tid, parent_tid, exit_signal,
		stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

#endif
