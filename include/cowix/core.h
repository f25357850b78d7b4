/* Core files: kernel/signal/coredump.c, fs/core.c. */
#ifndef COWIX_CORE_H
#define COWIX_CORE_H

#include <cowix/types.h>

struct signal_source;
struct task_struct;

/*
 * Set by fs: writes the core file of current's process, whose other threads
 * wait. Returns true if there is one now, even if it is cut short.
 */
extern bool (*core_writer)(int sig, const struct signal_source *source);

void park_for_core(struct task_struct *process);
NORETURN void exit_with_core(int sig, const struct signal_source *source);

#endif
