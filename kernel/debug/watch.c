/* How programs see the audit and the trace: files of /proc, a system call. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/mm.h>
#include <cowix/proc.h>
#include <cowix/sched.h>
#include <cowix/seq.h>
#include <cowix/trace.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include <abi/stat.h>
#include "mm/mm_internal.h"

/* Each read() of a page runs an audit of its own. */
static void show_audit(struct seq *s)
{
	static const char *const names[NR_OWNERS] = OWNER_NAMES;
	struct audit_report r;

	/* one frame is in our hands: the one that this is written into */
	if (mm_audit_report(&r, 1) < 0) {
		seq_printf(s, "no memory for the audit\n");
		return;
	}
	seq_printf(s, "mismatches %8u\n", r.mismatches);
	seq_printf(s, "frames     %8u\n", r.frames_total);
	seq_printf(s, "free       %8u\n", r.frames_free);
	seq_printf(s, "cache      %8u\n", r.frames_cache);
	seq_printf(s, "kernel     %8u\n", r.frames_kernel);
	seq_printf(s, "tables     %8u\n", r.frames_tables);
	seq_printf(s, "entries    %8u\n", r.frames_user);
	seq_printf(s, "inodes     %8u\n", r.inodes_used);
	seq_printf(s, "files      %8u\n", r.files_used);
	seq_printf(s, "buffers    %8u\n", r.buffers_used);
	seq_printf(s, "objects    %8u\n", r.kernel_objects);
	seq_printf(s, "tasks      %8u\n", r.tasks);
	seq_printf(s, "swapped    %8u\n", r.swap_entries);
	for (u32 i = OWNER_USER; i < NR_OWNERS; i++)
		seq_printf(s, "owner %-9s %4u\n", names[i], r.owned[i]);
}

static void show_vmtrace(struct seq *s)
{
	char line[TRACE_LINE + 1];
	u32 end;

	for (u32 number = trace_first(&end); number < end; number++)
		if (!seq_skip(s, TRACE_LINE)) {
			trace_line(number, line);
			seq_write(s, line, TRACE_LINE);
		}
}

/* A 1 that is written switches the trace on, a 0 switches it off. */
static int store_vmtrace(const char *text)
{
	if (*text != '0' && *text != '1')
		return -EINVAL;
	return trace_switch(*text == '1');
}

/*
 * mm_audit(report, flags) (513). With AUDIT_DROP_CACHES, first drops what can
 * be had again.
 */
int sys_mm_audit(struct audit_report __user *out, u32 flags)
{
	struct audit_report report;
	int found, error;

	if (flags & ~AUDIT_DROP_CACHES)
		return -EINVAL;
	if (flags & AUDIT_DROP_CACHES && !suser())
		return -EPERM;
	if (flags & AUDIT_DROP_CACHES) {
		fs_drop_caches();
		shrink_swap_cache();
	}
	found = mm_audit_report(&report, 0);
	if (found < 0 || !out)
		return found;
	error = copy_to_user(out, &report, sizeof(report));
	return error ? error : found;
}

/* Called once by start_kernel. */
void watch_init(void)
{
	static const struct proc_entry entries[] = {
		{ .name = "audit", .mode = S_IFREG | 0444, .show = show_audit },
		{ .name = "vmtrace", .mode = S_IFREG | 0600,
		  .show = show_vmtrace, .store = store_vmtrace },
		{ 0 },
	};

	proc_register(entries);
}
