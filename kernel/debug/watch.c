/* The audit and the trace as files of /proc. */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/proc.h>
#include <cowix/seq.h>
#include <abi/audit.h>
#include <abi/errno.h>
#include <abi/stat.h>

/* Every page of it that is read is an audit of its own. */
static void show_audit(struct seq *s)
{
	static const char *const names[NR_OWNERS] = OWNER_NAMES;
	struct audit_report r;
	int found;

	found = mm_audit_report(&r, 1);		/* what this is written into */
	if (found < 0) {
		seq_printf(s, "no memory for the audit\n");
		return;
	}
	seq_printf(
		s,
		"mismatches %8u\nframes     %8u\nfree       %8u\ncache      %8u\nkernel     %8u\ntables     %8u\nentries    %8u\n",
		r.mismatches, r.frames_total, r.frames_free, r.frames_cache,
		r.frames_kernel, r.frames_tables, r.frames_user);
	seq_printf(
		s,
		"inodes     %8u\nfiles      %8u\nbuffers    %8u\nobjects    %8u\ntasks      %8u\nswapped    %8u\n",
		r.inodes_used, r.files_used, r.buffers_used, r.kernel_objects,
		r.tasks, r.swap_entries);
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

/* 1 switches it on, 0 off. */
static int store_vmtrace(const char *text)
{
	if (*text != '0' && *text != '1')
		return -EINVAL;
	return trace_switch(*text == '1');
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
