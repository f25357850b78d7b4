/*
 * The rest of the kernel in the worlds of fork, exit and wait: what does
 * nothing there, and what is never called.
 */
#include <cowix/trace.h>
#include "several.h"

#define FUNCTION(name, body) \
	__asm__(".globl " #name "\n" #name ":\n\t" body)
#define DOES_NOTHING(name)	FUNCTION(name, "xorl %eax, %eax; ret")
#define IS_NEVER_CALLED(name)	FUNCTION(name, "jmp never_called")

void never_called(void);
void never_called(void)
{
	panic("something is called that is not part of this world");
}

const struct tracer *tracer;

bool may_fork(void)
{
	return true;
}

struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)task->stack_top - 1;
}

DOES_NOTHING(abandon_queue);
DOES_NOTHING(copy_fs);
DOES_NOTHING(delete_timers);
DOES_NOTHING(exit_fs);
DOES_NOTHING(exit_tracer);
DOES_NOTHING(fpu_fork);
DOES_NOTHING(fpu_release);
DOES_NOTHING(park_for_core);
DOES_NOTHING(printk);
DOES_NOTHING(ptrace_event);
DOES_NOTHING(register_owner);
DOES_NOTHING(release_debugregs);
DOES_NOTHING(sched_independent);
DOES_NOTHING(timer_cancel);
DOES_NOTHING(tty_hangup_session);
DOES_NOTHING(use_mm);

IS_NEVER_CALLED(await_memory);
IS_NEVER_CALLED(copy_from_user);
IS_NEVER_CALLED(copy_page_table);
IS_NEVER_CALLED(copy_pages_now);
IS_NEVER_CALLED(copy_to_user);
IS_NEVER_CALLED(drop_held_file);
IS_NEVER_CALLED(enter_user_mode);
IS_NEVER_CALLED(exec_take_over);
IS_NEVER_CALLED(exit_with_core);
IS_NEVER_CALLED(futex_owner_died);
IS_NEVER_CALLED(futex_wake_all);
IS_NEVER_CALLED(get_deadline);
IS_NEVER_CALLED(get_user_u32);
IS_NEVER_CALLED(kernel_thread_start);
IS_NEVER_CALLED(param_get);
IS_NEVER_CALLED(ptrace_fork);
IS_NEVER_CALLED(ptrace_signal);
IS_NEVER_CALLED(ptrace_trap);
IS_NEVER_CALLED(reap_traced);
IS_NEVER_CALLED(ret_from_fork);
IS_NEVER_CALLED(set_thread_area);
IS_NEVER_CALLED(share_page_tables);
IS_NEVER_CALLED(sleep_until);
IS_NEVER_CALLED(start_handler);
IS_NEVER_CALLED(strlcpy);
IS_NEVER_CALLED(timer_repeat);
IS_NEVER_CALLED(untrace);
