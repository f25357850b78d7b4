/* mm_audit(report, flags), Cowix's call 513. */
#ifndef ABI_AUDIT_H
#define ABI_AUDIT_H

/*
 * Who holds a page frame that is not free. The names are for people, in the
 * order of the numbers; number 0 stands for free frames.
 */
enum page_owner {
	OWNER_NONE,
	OWNER_USER,		/* programs, by their page tables or swap */
	OWNER_ZERO,			/* the shared page of zeroes */
	OWNER_CACHE,		/* the page cache; programs may map it too */
	OWNER_TABLE, OWNER_DIRECTORY,	/* page tables and directories */
	OWNER_TASK,			/* task structures with their stacks */
	OWNER_KMALLOC,			/* small kernel objects, buffers too */
	OWNER_CALL,			/* a task, while it is in the kernel */
	OWNER_PIPE, OWNER_TTY, OWNER_MOUNT, OWNER_SWAP, OWNER_RAMDISK,
	OWNER_DRIVER, OWNER_TRACE, OWNER_AUDIT, OWNER_SOCKET,
	OWNER_BOOT,			/* never free: the kernel, the BIOS */
	NR_OWNERS
};

#define OWNER_NAMES { \
	"free", "user", "zero", "cache", "table", "directory", "task", \
	"kmalloc", "call", "pipe", "tty", "mount", "swap", \
	"ramdisk", "driver", "trace", "audit", "socket", "boot", \
}
/* A letter each, for maps of the memory. */
#define OWNER_LETTERS ".uzctdTkCptmsRDraob"

/* first drop what can be had again, so that counts are exact */
#define AUDIT_DROP_CACHES 1

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
	/* user page-table entries whose pages are in swap; slots */
	unsigned swap_entries, swap_used;
	unsigned reserved[2];
	unsigned owned[NR_OWNERS];	/* frames, by owner; [0]: free */
};

#endif
