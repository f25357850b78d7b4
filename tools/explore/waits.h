/* The worlds of fork, exit and wait: what their files share. */
#ifndef WAITS_H
#define WAITS_H

#include "several.h"

#define INIT		0u
#define NOBODY		0xFFu

/* Where a process may have to wait amid something. */
enum {
	AT_FRAME = 1, AT_OBJECT, AT_STATUS,
	AT_MEMORY, AT_MEMORY_UNDONE, AT_MEMORY_LEFT,
	AT_FILES, AT_FILES_UNDONE, AT_FILES_LEFT,
};

enum kind {
	TAKE_SIGNALS, FORK, VFORK, EXEC, EXIT, IGNORE_CHILDREN,
	WAIT_ANY, LOOK_ANY, WAIT_STOPPED, WAIT_FOR, KILL
};

struct call {
	const char *name;
	enum kind kind;
	u32 target;		/* process, of WAIT_FOR and KILL */
	int sig;
};

struct wait_config {
	u32 processes;
	bool fails;
	u32 calls;		/* bit n: call n */
	u32 inits;		/* the same, of init */
};

/* What is known of each process from outside. */
struct person {
	bool exists, is_dead;
	bool ignores_children;
	u8 parent;
	u8 lender;		/* sleeps in vfork() for this child; NOBODY */
	int pid;
	int status;		/* of its end */
	int told;		/* the status that its last wait has got */
	int target;		/* the pid that its last wait means, or -1 */
	u64 causes;		/* bit n: signal n may end it; 0: it exits */
};

extern struct person people[PROCESSES];
extern const struct wait_config *config;
extern const struct call calls[];

/* waits.c */
const struct call *call_of(u32 who);
u32 slot_of(const struct task_struct *task);
u32 tables_used(void);
u32 memories_used(void);

/* wait_law.c */
void note_fork(u32 parent, u32 child);
void note_end(u32 who);
void note_freed(u32 who);
void check_waits(bool is_new);
unsigned form_of_waits(unsigned char *form);

#endif
