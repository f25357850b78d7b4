/* The caches of fs/ together: they give memory back when it is short. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/audit.h>

#define NAMES_A_FRAME	64		/* most of them are short */
#define INODES_A_FRAME	15

static int drop_clean(int wanted)
{
	int dropped = shrink_page_cache(wanted);

	if (dropped < wanted)
		dropped += shrink_buffers(wanted - dropped);
	if (dropped < wanted)
		dropped += shrink_names((wanted - dropped) * NAMES_A_FRAME);
	if (dropped < wanted)
		dropped += shrink_inodes((wanted - dropped) * INODES_A_FRAME);
	return dropped;
}

/*
 * Called by reclaim when there is no frame: drops what is clean. If nothing is,
 * writes what is dirty first, unless programs map all of it and it would not
 * go. If that does not help, waits for what is busy. Writing may itself want a
 * frame: it gets a clean one, or fails and leaves its page dirty. Returns how
 * many things were dropped.
 */
int reclaim_caches(int wanted)
{
	static bool writing;
	int dropped = drop_clean(wanted);

	if (!dropped && !writing &&
	    (writing_frees_pages() || buffers_dirty())) {
		writing = true;
		write_caches(NULL);
		writing = false;
		dropped = drop_clean(wanted);
	}
	while (!dropped && wait_cached_page())
		dropped = drop_clean(wanted);
	return dropped;
}

#define ALL	0x7FFFFFFF

/*
 * Called when counts must be exact: writes the caches, then drops all that can
 * be read again.
 */
void fs_drop_caches(void)
{
	write_caches(NULL);
	do
		shrink_page_cache(ALL);
	while (shrink_inodes(ALL) > 0);
	shrink_names(ALL);
	invalidate_buffers(0);
}

/* Fills in what the audit is to know of fs/. */
void fs_audit_counts(struct audit_report *report)
{
	report->frames_cache = nr_cached_pages;
	report->inodes_used = nr_inodes;
	report->files_used = nr_files;
	report->buffers_used = nr_buffers;
}
