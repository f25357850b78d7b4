/* mm_audit(report, flags), Cowix's call 513. */
#ifndef ABI_AUDIT_H
#define ABI_AUDIT_H

#define AUDIT_DROP_CACHES 1	/* first drop what can be had again, so that counts are exact */

struct audit_report {
	unsigned mismatches;
	unsigned frames_total;		/* that could be free */
	unsigned frames_free;
	unsigned frames_cache;		/* page cache and buffers */
	unsigned frames_kernel;		/* that hold small kernel objects */
	unsigned frames_user;		/* user page-table entries */
	unsigned frames_tables;		/* page tables */
	unsigned inodes_used, files_used, buffers_used, tasks;
	unsigned kernel_objects;	/* small kernel objects in use */
	unsigned swap_entries, swap_used;	/* user page-table entries whose pages are in swap; slots */
	unsigned reserved[2];
};

#endif
