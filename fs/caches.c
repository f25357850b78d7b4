/* The caches of fs/ together: what they give back when memory is short. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/audit.h>

static int drop_clean(int wanted)
{
	int dropped = shrink_page_cache(wanted);

	if (dropped < wanted)
		dropped += shrink_buffers(wanted - dropped);
	return dropped;
}

/*
 * Called by reclaim when there is no frame: caches give up what is clean, and
 * if nothing is, what is dirty is written first, unless programs map all of it
 * and it would not go. Writing may itself want a frame; it then gets what clean
 * frames there are, or fails and leaves its page dirty. At last, what is busy
 * is waited for. How many things were dropped.
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
 * For exact counts: write the caches, then drop all that can be had again. What
 * a device itself puts off is no page of theirs.
 */
void fs_drop_caches(void)
{
	write_caches(NULL);
	do
		shrink_page_cache(ALL);
	while (shrink_inodes() > 0);
	shrink_buffers(ALL);
}

void fs_audit_counts(struct audit_report *report)
{
	report->frames_cache = nr_cached_pages;
	report->inodes_used = nr_inodes;
	report->files_used = nr_files;
	report->buffers_used = nr_buffers;
}
