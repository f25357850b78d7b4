/*
 * The first line of C, and the list of all that must be set up, in order. Then
 * this becomes the idle task, and process 1 becomes init.
 */
#include <cowix/kernel.h>
#include <cowix/boot_params.h>
#include <cowix/blkdev.h>
#include <cowix/fs.h>
#include <cowix/irq.h>
#include <cowix/mm.h>
#include <cowix/net.h>
#include <cowix/params.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/trace.h>
#include <cowix/traps.h>
#include <cowix/tty.h>
#include <abi/errno.h>
#include <abi/utsname.h>
#include "kernel_internal.h"

/* Where init may be, unless init= names it. A shell is better than nothing. */
static const char *const init_paths[] = {
	"/sbin/init", "/bin/init", "/bin/sh",
};

/* Returns what an error means here, for someone who sees Cowix not start. */
static const char *meaning(int error)
{
	switch (-error) {
	case ENOENT:
		return "no such file";
	case EIO:
		return "unreadable";
	case ENXIO:
	case ENODEV:
		return "no such device";
	case ENOMEM:
		return "no memory";
	case EACCES:
		return "not executable";
	case EINVAL:
		return "bad format";
	case ENOEXEC:
		return "not a program";
	default:
		return "see errno.h";
	}
}

static NORETURN void no_init(const char *path, int error)
{
	if (path)
		panic("cannot run %s: error %d (%s)", path, -error,
		      meaning(error));
	panic("no init found: /sbin/init: error %d (%s); try init=", -error,
	      meaning(error));
}

/*
 * Process 1. Sets up disks and the root file system, which needs a task that
 * may sleep. Then it becomes init.
 */
static FROM_ASM void init(void *unused)
{
	const char *path = param_get("init");
	char **environment = params_environment();
	int error;

	(void)unused;
	ramdisk_init();
	floppy_init();
	hd_init();
	error = mount_root();
	if (error)
		panic("cannot mount the root file system: error %d (%s); "
		      "try root=", -error, meaning(error));
	if (path)
		no_init(path, kernel_execve(path, environment));
	error = -ENOENT;
	for (u32 i = 0; error == -ENOENT && i < ARRAY_SIZE(init_paths); i++)
		error = kernel_execve(init_paths[i], environment);
	no_init(NULL, error);
}

static void show_boot_params(const struct boot_params *bp)
{
	if (bp->boot_drive == BOOT_LOADER)
		printk("started by a boot loader");
	else
		printk("BIOS: boot drive %x, geometry %u/%u/%u", bp->boot_drive,
		       bp->cylinders, bp->heads, bp->sectors);
	printk(", hard disks: %u, video mode %u, %u columns\n", bp->hard_disks,
	       bp->video_mode, bp->video_columns);
}

/* Shows name, version and build: a bar on the console, a line in the log. */
static void show_banner(void)
{
	console_only("\033[1;37;44m");
	printk("%s", system_names.version);
	console_only("\033[K\033[m");
	printk("\n");
}

/*
 * Called by head.asm with paging on and interrupts masked, on the idle task's
 * stack.
 */
FROM_ASM void start_kernel(struct boot_params *bp)
{
	kasan_early();
	console_init();
	show_banner();
	show_boot_params(bp);
	params_init(bp->cmdline);
	gdt_init();
	traps_init();
	irq_init();
	memory_size_init(bp);
	paging_init();
	pid_init();
	futex_init();
	posix_timer_init();
	fs_tables_init();
	names_init();
	frames_init(bp);
	kmalloc_init();
	reclaim_init();
	task_init();
	stack_init();
	fork_init();
	rlimit_init();
	sched_init();
	pit_init();
	tick_init();
	loadavg_init();
	time_init();
	fpu_init();
	tty_init();
	fs_init();
	net_init();
	trace_init();
	watch_init();
	init_task = kernel_thread(init, NULL, "init");
	if (!init_task)
		panic("start_kernel: no memory for the first task");
	audit_init();
	sysrq_init();
	sti();
	idle_loop();
}
