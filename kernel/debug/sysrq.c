/*
 * Keys for a machine that does not answer, like Linux's SysRq. Alt and SysRq
 * (Print Screen) and a letter show what the kernel is doing, on the console and
 * in the log. Most do so in the keyboard's interrupt, since no task may run any
 * more. What needs memory is left to a task.
 */
#include <cowix/kernel.h>
#include <cowix/buffer.h>
#include <cowix/fs.h>
#include <cowix/page_cache.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/swap.h>
#include <cowix/trace.h>
#include <cowix/traps.h>
#include <cowix/tty.h>

#define KB(pages) ((pages) * (PAGE_SIZE / 1024))

struct sysrq_key {
	char key;
	const char *what;
	void (*now)(const struct pt_regs *regs);	/* in the interrupt */
	void (*later)(void);				/* in the task */
};

static void show_task(const struct task_struct *task)
{
	printk("%5d %5d  %c %8u  %s\n", task->pid,
	       task->process->parent ? task->process->parent->pid : 0,
	       state_letter(task), task->run_ticks, task->comm);
}

static void show_tasks(const struct pt_regs *regs)
{
	(void)regs;
	printk("  pid  ppid st    ticks  name\n");
	list_for_each(node, &all_tasks) {
		struct task_struct *process =
			list_entry(node, struct task_struct, all_link);

		for_each_thread(task, process)
			show_task(task);
	}
}

static void show_memory_use(const struct pt_regs *regs)
{
	(void)regs;
	printk("memory: %u KB, %u free, %u cached, %u of tmpfs, %u buffers, "
	       "%u kmalloc\n",
	       KB(nr_ram_frames), KB(nr_free_pages), KB(nr_cached_pages),
	       KB(tmpfs_pages), nr_own_buffers * BLOCK_SIZE / 1024,
	       KB(kmalloc_pages));
	printk("swap: %u KB, %u free, %u cached\n", KB(nr_swap_pages),
	       KB(nr_free_swap), KB(nr_swap_cached));
}

/* Shows what the interrupt has interrupted. */
static void show_current(const struct pt_regs *regs)
{
	printk("pid %d (%s) in %s\n", current->pid, current->comm,
	       user_mode(regs) ? "its program" : "the kernel");
	show_regs(regs);
	if (user_mode(regs))
		return;
	show_address(regs->eip);
	printk("\n");
	show_backtrace(regs->ebp);
}

static void audit_now(void)
{
	printk("audit: %d mismatches\n", mm_audit());
}

static void switch_trace(void)
{
	bool on = !trace_is_on();

	if (trace_switch(on) < 0)
		printk("trace: no memory\n");
	else
		printk("trace: %s\n", on ? "on" : "off");
}

static void show_help(const struct pt_regs *regs);

static const struct sysrq_key keys[] = {
	{ 'h', "this help", show_help, NULL },
	{ 't', "tasks", show_tasks, NULL },
	{ 'm', "memory", show_memory_use, NULL },
	{ 'l', "the backtrace of what runs", show_current, NULL },
	{ 'a', "audit of all page references", NULL, audit_now },
	{ 'v', "trace of page frames on or off", NULL, switch_trace },
};

static void show_help(const struct pt_regs *regs)
{
	(void)regs;
	printk("Alt-SysRq and a letter:\n");
	for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
		printk("  %c  %s\n", keys[i].key, keys[i].what);
}

static struct wait_queue wanted = WAIT_QUEUE_INIT(wanted);
static u32 pending;		/* bit n: keys[n] is to be done by the task */

/* Obeys a letter. Called by the keyboard's interrupt. */
static void sysrq(char key, const struct pt_regs *regs)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(keys) - 1 && keys[i].key != key)
		i++;
	if (keys[i].key != key)
		i = 0;
	if (keys[i].now) {
		keys[i].now(regs);
		return;
	}
	pending |= 1u << i;
	wake_up(&wanted);
}

/* Sleeps until something is to be done. Returns it, and forgets it. */
static u32 take_pending(void)
{
	u32 flags = irq_save(), taken;

	while (!pending)
		sleep_on(&wanted);
	taken = pending;
	pending = 0;
	irq_restore(flags);
	return taken;
}

static FROM_ASM void sysrq_task(void *unused)
{
	(void)unused;
	for (;;) {
		u32 todo = take_pending();

		for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
			if (todo & 1u << i)
				keys[i].later();
	}
}

/* Called once by start_kernel. */
void sysrq_init(void)
{
	keyboard_sysrq(sysrq);
	if (!kernel_thread(sysrq_task, NULL, "sysrq"))
		panic("sysrq_init: no memory for the task");
}
