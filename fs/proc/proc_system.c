/* /proc: the files about the whole machine, in Linux's formats. */
#include <cowix/kernel.h>
#include <cowix/params.h>
#include <cowix/sched.h>
#include <cowix/irq.h>
#include <cowix/swap.h>
#include <abi/utsname.h>
#include "proc.h"
#include "version.h"

#define KB(pages) ((pages) * (PAGE_SIZE / 1024))
#define CPUID_EXTENDED	0x80000000u
#define CPUID_BRAND	0x80000002u	/* to 0x80000004: 48 characters */
#if defined(__clang__)
#define COMPILER	__VERSION__
#elif defined(__VERSION__)
#define COMPILER	"gcc " __VERSION__
#else
#define COMPILER	"unknown"	/* sparse */
#endif
#define DISK_MINORS	128u		/* two disks of 64 */

static void show_meminfo(struct seq *s)
{
	const struct {
		const char *name;
		u32 kb;
	} lines[] = {
		{ "MemTotal:", KB(nr_ram_frames) },
		{ "MemFree:", KB(nr_free_pages) },
		{ "MemAvailable:",
		  KB(nr_free_pages + nr_cached_pages - tmpfs_pages) },
		{ "Buffers:", nr_own_buffers * BLOCK_SIZE / 1024 },
		{ "Cached:", KB(nr_cached_pages) },
		{ "SwapCached:", KB(nr_swap_cached) },
		{ "SwapTotal:", KB(nr_swap_pages) },
		{ "SwapFree:", KB(nr_free_swap) },
		{ "Shmem:", KB(tmpfs_pages) },
		{ "Slab:", KB(kmalloc_pages) },
	};

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		seq_printf(s, "%-16s%8u kB\n", lines[i].name, lines[i].kb);
}

/* Counts in pages. */
static void show_vmstat(struct seq *s)
{
	seq_printf(s,
		   "nr_free_pages %u\nnr_file_pages %u\nnr_shmem %u\n"
		   "nr_slab_unreclaimable %u\n",
		   nr_free_pages, nr_cached_pages, tmpfs_pages, kmalloc_pages);
}

static void show_uptime(struct seq *s)
{
	u32 now = jiffies, idle = cpu_ticks[CPU_IDLE];

	seq_printf(s, "%u.%02u %u.%02u\n", now / HZ, now % HZ * 100 / HZ,
		   idle / HZ, idle % HZ * 100 / HZ);
}

static u32 count_tasks(bool running)
{
	u32 n = 0;

	list_for_each(node, &all_tasks)
		for_each_thread(task,
				list_entry(node, struct task_struct, all_link))
			n += !running || task->state == TASK_RUNNING;
	return n;
}

static void show_loadavg(struct seq *s)
{
	for (u32 i = 0; i < 3; i++) {
		u32 load = load_average[i] + LOAD_ONE / 200;	/* rounded */

		seq_printf(s, "%u.%02u ", load / LOAD_ONE,
			   load % LOAD_ONE * 100 / LOAD_ONE);
	}
	seq_printf(s, "%u/%u %d\n", count_tasks(true), count_tasks(false),
		   last_pid);
}

static void show_version(struct seq *s)
{
	seq_printf(s, "%s version " VERSION " (" COMPILER ") " BUILD
		   ", with the calls of Linux %s\n", system_names.sysname,
		   system_names.release);
}

/* The names of the bits of CPUID leaf 1's EDX, as Linux has them. */
static void show_cpu_flags(struct seq *s, u32 flags)
{
	static const char names[] =
		" fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca"
		" cmov pat pse36 pn clflush - dts acpi mmx fxsr sse sse2 ss ht"
		" tm - pbe ";

	seq_printf(s, "flags\t\t:");
	for (const char *name = names; name[1]; flags >>= 1) {
		const char *end = strchr(name + 1, ' ');

		if (flags & 1)
			seq_write(s, name, end - name);
		name = end;
	}
	seq_printf(s, "\n\n");
}

/* Reads the processor's full name, if it has one. */
static void read_brand(u32 brand[13])
{
	u32 last, other;

	cpuid(CPUID_EXTENDED, &last, &other, &other, &other);
	if (!(last & CPUID_EXTENDED) || last < CPUID_BRAND + 2)
		return;
	for (u32 i = 0; i < 3; i++, brand += 4)
		cpuid(CPUID_BRAND + i, &brand[0], &brand[1], &brand[2],
		      &brand[3]);
}

static void show_cpuinfo(struct seq *s)
{
	/* of a 486 without cpuid */
	u32 max = 0, version = 4 << 8, flags = 1;
	u32 vendor[4] = { 0 }, brand[13] = { 0 }, ebx, ecx;

	if (has_cpuid()) {
		cpuid(0, &max, &vendor[0], &vendor[2], &vendor[1]);
		cpuid(1, &version, &ebx, &ecx, &flags);
		read_brand(brand);
	}
	seq_printf(s, "processor\t: 0\nvendor_id\t: %s\n",
		   vendor[0] ? (char *)vendor : "unknown");
	seq_printf(s, "cpu family\t: %u\nmodel\t\t: %u\n", version >> 8 & 15,
		   (version >> 4 & 15) | (version >> 12 & 0xF0));
	seq_printf(s, "model name\t: %s\nstepping\t: %u\n",
		   brand[0] ? (char *)brand : "unknown", version & 15);
	seq_printf(s, "fpu\t\t: %s\ncpuid level\t: %u\nwp\t\t: yes\n",
		   flags & 1 ? "yes" : "no", max);
	show_cpu_flags(s, flags);
}

static void show_system_stat(struct seq *s)
{
	u32 interrupts = 0;

	for (u32 i = 0; i < 2; i++)
		seq_printf(s, "cpu%s %u 0 %u %u 0 0 0 0 0 0\n", i ? "0" : " ",
			   cpu_ticks[CPU_USER], cpu_ticks[CPU_SYSTEM],
			   cpu_ticks[CPU_IDLE]);
	for (u32 i = 0; i < NR_IRQS; i++)
		interrupts += irq_counts[i];
	seq_printf(s, "intr %u", interrupts);
	for (u32 i = 0; i < NR_IRQS; i++)
		seq_printf(s, " %u", irq_counts[i]);
	seq_printf(s, "\nctxt %u\nbtime %u\n", context_switches,
		   wall_seconds - jiffies / HZ);
	seq_printf(s, "processes %u\nprocs_running %u\nprocs_blocked 0\n",
		   nr_forks, count_tasks(true));
}

static void show_partitions(struct seq *s)
{
	seq_printf(s, "major minor  #blocks  name\n\n");
	for (u32 minor = 0; minor < DISK_MINORS; minor++) {
		u32 sectors = blkdev_sectors(MKDEV(IDE_MAJOR, minor));
		u32 part = minor % 64;

		if (!sectors)
			continue;
		seq_printf(s, "%4u  %7u %10u hd%c", IDE_MAJOR, minor,
			   sectors / 2, 'a' + minor / 64);
		if (part)
			seq_printf(s, "%u", part);
		seq_printf(s, "\n");
	}
}

/* Prints the parameters of the kernel. */
static void show_params(struct seq *s)
{
	for (char **p = params; *p; p++) {
		if (p != params)
			seq_write(s, " ", 1);
		seq_write(s, *p, strlen(*p));
	}
	seq_printf(s, "\n");
}

#define SHOWN(called, function) \
	{ .name = called, .mode = S_IFREG | 0444, .show = function }

/* An entry of /proc/sys/kernel: a word, or a number. */
#define KERNEL(called, function, what) \
	{ .name = called, .dir = "kernel", .mode = S_IFREG | 0444, \
	  .show = function, .shown = (const void *)(what) }

const struct proc_entry proc_system_entries[] = {
	{ .name = "self", .mode = S_IFLNK | 0777 },
	SHOWN("meminfo", show_meminfo),
	SHOWN("vmstat", show_vmstat),
	SHOWN("mounts", show_mounts),
	SHOWN("swaps", show_swaps),
	SHOWN("uptime", show_uptime),
	SHOWN("loadavg", show_loadavg),
	SHOWN("version", show_version),
	SHOWN("cpuinfo", show_cpuinfo),
	SHOWN("stat", show_system_stat),
	SHOWN("filesystems", show_filesystems),
	SHOWN("partitions", show_partitions),
	SHOWN("cmdline", show_params),
	SHOWN("frames", show_frames),
	SHOWN("owners", show_owners),
	{ .name = "sys", .mode = S_IFDIR | 0555 },
	{ .name = "vm", .dir = "sys", .mode = S_IFDIR | 0555 },
	{ .name = "kernel", .dir = "sys", .mode = S_IFDIR | 0555 },
	{ .name = "hostname", .dir = "kernel", .mode = S_IFREG | 0644,
	  .show = show_word, .shown = system_names.nodename,
	  .store = store_hostname },
	KERNEL("domainname", show_word, system_names.domainname),
	KERNEL("ostype", show_word, system_names.sysname),
	KERNEL("osrelease", show_word, system_names.release),
	KERNEL("version", show_word, system_names.version),
	KERNEL("pid_max", show_number, PID_MAX + 1),
	KERNEL("ngroups_max", show_number, NGROUPS_MAX),
	{ .name = "overcommit_memory", .dir = "vm", .mode = S_IFREG | 0644,
	  .show = show_overcommit, .store = store_overcommit },
	{ .name = "max_map_count", .dir = "vm", .mode = S_IFREG | 0644,
	  .show = show_max_areas, .store = store_max_areas },
	{ 0 },
};
