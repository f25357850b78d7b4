/* Memory: page frames, address spaces, areas and faults. See mm/README.md. */
#ifndef COWIX_MM_H
#define COWIX_MM_H

#include <cowix/types.h>
#include <cowix/list.h>
#include <cowix/tree.h>
#include <cowix/wait.h>
#include <asm/mmu.h>
#include <asm/ptrace.h>
#include <asm/system.h>
#include <abi/audit.h>

struct boot_params;
struct task_struct;

/*
 * mem_map[]: one entry for each page frame. The law: `count` is the number of
 * references to the frame. User page-table entries that map it hold one each,
 * and so do directories that use it as a page table. The others are held by the
 * page cache, the swap cache and the kernel. A count of 0 means free. A count
 * above 1 on a frame of a private area means that nobody may write. Each holder
 * drops its own reference with free_page(). The last one frees the frame. 896
 * MB hold fewer than 2^28 entries, so 32 bits cannot wrap.
 */
struct page {
	u32 count;
	u32 next;	/* free: the next one; else its owner and more */
};

/*
 * `next` of a frame that is not free: the owner (OWNER_*) in the bits of
 * OWNER_MASK. Above them stands the number of the task that took a frame of the
 * kernel's. In the swap cache it is the slot.
 */
#define OWNER_MASK	(PAGE_SIZE - 1)

extern struct page *mem_map;
extern u32 nr_frames;		/* frames of RAM that mem_map describes */
extern u32 nr_free_pages;
extern u32 boot_ramdisk, boot_ramdisk_end;	/* physical addresses, or 0 */
/* frames that were free when memory was set up: what can be lost */
extern u32 nr_ram_frames;
/*
 * physical address of the shared page of zeroes; the kernel holds one reference
 */
extern u32 zero_page;

static inline struct page *page_of(u32 phys)
{
	return &mem_map[phys >> PAGE_SHIFT];
}

extern pte_t swapper_pg_dir[];	/* boot/head.asm: the kernel's page directory */

/* mm/ram.c */
void memory_size_init(const struct boot_params *bp);
void *boot_alloc(u32 size);	/* before frames_init, for good */
void frames_init(struct boot_params *bp);

/*
 * mm/frames.c: O(1). Physical addresses; 0 means no memory (frame 0 is never
 * given out).
 */
/*
 * for programs, count 1, contents undefined; reclaims caches before it gives up
 */
u32 get_free_page(void);
u32 get_zeroed_page(void);
void free_page(u32 phys);		/* drops one reference */
/* A page for the kernel itself, by its kernel address, or NULL. */
void *kpage_alloc(enum page_owner owner);
void *kpage_zalloc(enum page_owner owner);	/* cleared */
void kpage_free(void *page);
void kpage_free_cleared(void *page);

static inline enum page_owner page_owner(u32 phys)
{
	return page_of(phys)->next & OWNER_MASK;
}

/* Hands a frame over to another owner. */
static inline void own_page(u32 phys, enum page_owner owner)
{
	struct page *page = page_of(phys);

	page->next = (page->next & ~OWNER_MASK) | owner;
}

/* mm/owners.c: each subsystem that holds frames tells the audit which */
typedef void found_page(enum page_owner owner, const void *page);
typedef void found_pages(found_page *found);
void register_owner(found_pages *recount);

/* mm/swap/reclaim.c */
void reclaim_init(void);
/*
 * fs registers how to shrink its caches; returns how many things were dropped
 */
void set_reclaim(int (*reclaim)(int wanted));

/*
 * mm/kmalloc.c: objects of up to 2032 bytes, 16-byte aligned. NULL: no memory.
 * Process context only.
 */
void kmalloc_init(void);
extern u32 kmalloc_pages, kmalloc_objects; /* pages taken, objects in use */
void *kmalloc(size_t size);
void *kzalloc(size_t size);		/* cleared */
void kfree(void *object);		/* NULL is allowed */

/*
 * An area of a program's address space: [start, end), page aligned. The area is
 * the authority on what a program may do.
 */
struct mm;
struct vm_area;
struct inode;

/*
 * another frame or none; this one, to be had again; this one, and nothing else
 * has what it has
 */
enum { HOLDS_OTHER, HOLDS_COPY, HOLDS_ONLY };

struct vm_ops {
	/*
	 * Find the frame that holds the page of the area's object at byte
	 * offset `offset` (page aligned). Returns 0 with *frame referenced once
	 * for the caller, or -EIO, -ENOMEM. May sleep.
	 */
	int (*fault)(struct vm_area *area, u32 offset, u32 *frame);
	/*
	 * Calls map_neighbour() for pages of the area that are in memory. They
	 * may be wanted soon after the one at offset. Does not sleep.
	 */
	void (*around)(struct mm *mm, const struct vm_area *area, u32 offset);
	/*
	 * Called before a program writes to that page through a shared mapping.
	 * Makes room for it on its medium. It counts as dirty as long as it is
	 * mapped. Returns 0, -EIO, -ENOSPC or -ENOMEM. May sleep.
	 */
	int (*make_writable)(struct vm_area *area, u32 offset);
	/*
	 * Whether the page of the object at offset is in that frame (HOLDS_*).
	 * Does not sleep.
	 */
	u32 (*holds)(const struct vm_area *area, u32 offset, u32 frame);
	/*
	 * Makes a hole of the object's bytes [start, end), page aligned.
	 * Returns 0, -EOPNOTSUPP, or -EAGAIN if it has waited, and areas may
	 * have changed.
	 */
	int (*remove)(struct vm_area *area, u32 start, u32 end);
	/* Returns the pages that only areas like this one keep in memory. */
	u32 (*kept)(const struct vm_area *area);
	/* the area was duplicated: take a reference on the object */
	void (*open)(struct vm_area *area);
	void (*close)(struct vm_area *area); /* the area goes away: drop it */
};

extern u32 max_areas;			/* of an address space */

#define VM_READ		0x01
#define VM_WRITE	0x02
#define VM_EXEC		0x04
#define VM_PROT		(VM_READ | VM_WRITE | VM_EXEC)
#define VM_SHARED	0x08
#define VM_GROWSDOWN	0x10	/* a stack: grows downwards on a fault */
#define VM_MAY_WRITE	0x20	/* shared, of a file that is open for writing */
#define VM_PROGRAM	0x40	/* of a program's file, which stays unwritten */
#define VM_DONTFORK	0x80	/* a child does not have the area */
#define VM_WIPEONFORK	0x100	/* a child has the area, but no page of it */
#define VM_KEPT_BACK	(VM_DONTFORK | VM_WIPEONFORK)
#define VM_LOCKED	0x200	/* its pages stay in memory */
#define VM_NOT_LENT	(VM_KEPT_BACK | VM_LOCKED)	/* nor are its tables */
#define VM_NEVER_EXEC	0x400	/* of a file that must not be executed */
#define VM_DONTDUMP	0x800	/* not in a core file */

/* PROT_READ, PROT_WRITE and PROT_EXEC of mmap() have the same values. */
static inline u32 prot_flags(u32 prot)
{
	return prot & VM_PROT;
}

struct vm_area {
	struct list link;		/* in mm->areas, sorted by start */
	u32 start, end;
	u32 flags;
	const struct vm_ops *ops;	/* NULL: anonymous, demand-zero */
	/* what ops works on; the area holds a reference */
	struct inode *object;
	u32 offset;		/* of start within the object, page aligned */
	/*
	 * addresses at or above it, up to end, are zero even though the page is
	 * backed
	 */
	u32 file_end;
	struct tree_node node;	/* in mm->tree, if there is one */
	/* in the tree: free bytes below the area; the most in its subtree */
	u32 gap, largest_gap;
};

struct mm {
	pte_t *pgdir;		/* kernel address of the page directory */
	struct list areas;
	/* the area found last: faults come in clusters */
	struct vm_area *last_area;
	int users;		/* tasks that share this address space */
	int holders;		/* who keep only this structure: mm_hold() */
	u32 nr_areas;
	/* the bytes of all areas; of those is_data(), and VM_LOCKED */
	u32 bytes, data_bytes, locked_bytes;
	struct tree tree;	/* of areas, once there are many */
	bool keeps_back;		/* some area is, or was, VM_NOT_LENT */
	u32 locks_future;		/* VM_LOCKED for areas to come, or 0 */
	bool locks_on_fault;	/* their pages need not be there at once */
	/* it has, or had, page tables that others use too */
	bool shares_tables;
	/* who changes areas or tables, and may sleep meanwhile; NULL: nobody */
	struct task_struct *locker;
	struct wait_queue unlocked;
	u32 start_code, end_code;	/* of the program, without libraries */
	u32 start_brk, brk;
	/* the arguments' strings, and behind them the environment's */
	u32 arg_start, arg_end, env_end;
	u32 auxv_start, auxv_end;	/* the auxiliary vector */
	struct list link;	/* in all_mms, whether a task has it or not */
	bool dumpable;		/* its user may look into it: access.c */
	/* its pages are being copied: reclaim finds it by no task */
	bool building;
	/* user page-table entries that are present, that refer to swap */
	u32 nr_resident, nr_swapped;
};

#define TASK_SIZE	KERNEL_BASE
#define STACK_TOP	KERNEL_BASE
#define STACK_MAX	(8u * 1024 * 1024)
#define STACK_GUARD	(1u << 20)	/* Linux: 256 pages below a stack */
#define MMAP_TOP	(STACK_TOP - STACK_MAX - STACK_GUARD)

/* mm/paging.c */
void paging_init(void);
bool has_cpuid(void);
extern bool cpu_has_pge, cpu_has_pse, cpu_has_fxsr;
extern u32 cpu_features;		/* CPUID leaf 1, EDX; 0: unknown */

/* mm/area.c, mm/area_tree.c, mm/space.c */
/*
 * also those that are being made, or are held by others when their process is
 * gone
 */
extern struct list all_mms;
struct mm *mm_alloc(void); /* an empty address space with one user, or NULL */
/* drop one user; the last one frees everything */
void mm_release(struct mm *mm);
void mm_hold(struct mm *mm);
void mm_drop_hold(struct mm *mm);
/* areas and, as copy does it, pages; NULL: no memory, mm is as it was */
struct mm *mm_dup(struct mm *mm,
		  int (*copy)(struct mm *child, struct mm *parent));
/* the first that ends above addr, or NULL */
struct vm_area *area_above(struct mm *mm, u32 addr);
struct vm_area *search_area(struct mm *mm, u32 addr);
/*
 * copies template in; takes its own reference. -ENOMEM, -EINVAL (overlap,
 * bounds)
 */
int map_area(struct mm *mm, const struct vm_area *template);
/* the same in the place of what is there. -ENOMEM: as it was */
int map_area_over(struct mm *mm, const struct vm_area *template);
/* undoes map_area() before anything was mapped */
void unmap_empty(struct mm *mm, u32 start);
/* splits areas at the edges; -ENOMEM */
int unmap_range(struct mm *mm, u32 start, u32 end);
bool area_is_free(struct mm *mm, u32 start, u32 end);
/* the new upper part; NULL: no memory */
struct vm_area *split_area(struct mm *mm, struct vm_area *area, u32 addr);
void join_areas(struct mm *mm, u32 start, u32 end);
/* the highest free range below MMAP_TOP; 0: none */
u32 find_gap(struct mm *mm, u32 size);
void move_area_start(struct mm *mm, struct vm_area *area, u32 start);
void move_area_end(struct mm *mm, struct vm_area *area, u32 end);
void set_area_flags(struct mm *mm, struct vm_area *area, u32 flags);
int grow_stack(struct mm *mm, struct vm_area *area, u32 addr);
bool overcommitted(u32 bytes);

/*
 * The area that contains addr, or NULL. Remembers it: faults come in clusters.
 */
static inline struct vm_area *find_area(struct mm *mm, u32 addr)
{
	struct vm_area *area = mm->last_area;

	return likely(area && addr >= area->start && addr < area->end)
		       ? area
		       : search_area(mm, addr);
}

/*
 * Threads share an address space, and one that needs memory or a file's page
 * may sleep. Meanwhile its areas and tables must stay as they are. So faults
 * and the calls that change it hold this lock. It is needed where there is only
 * one thread, too: others may reach its memory while it sleeps (foreign.c).
 */
void mm_lock(struct mm *mm);

/* Inline, as each fault calls it: ceilings of W4 and W9. */
static inline void mm_unlock(struct mm *mm)
{
	mm->locker = NULL;
	if (unlikely(!list_empty(&mm->unlocked.sleepers)))
		wake_up(&mm->unlocked);
}

/* mm/mapping.c */
/* a file ends there now: its pages from that on go from all address spaces */
void unmap_object(const struct inode *object, u32 end);
/* where area was mapped, or -errno */
int do_mmap(struct vm_area *area, u32 addr, u32 length, u32 flags);
/* Programs may map [start, end) of the object no longer, to make a hole. */
void unmap_hole(const struct inode *object, u32 start, u32 end);

/* Returns the entry for addr, or NULL when no page table covers it. */
static inline pte_t *find_pte(const struct mm *mm, u32 addr)
{
	pte_t pde = mm->pgdir[PGDIR_INDEX(addr)];
	pte_t *table = __va(PTE_FRAME(pde));

	return pde & PTE_P ? &table[PGTBL_INDEX(addr)] : NULL;
}

/* mm/memory.c: copy-on-write */
int copy_page_table(struct mm *child, struct mm *parent);
int copy_pages_now(struct mm *child, struct mm *parent);
int share_page_tables(struct mm *child, struct mm *parent);
void drop_shared_tables(struct mm *mm);
int own_tables(struct mm *mm, u32 start, u32 end);
int own_kept_back(struct mm *mm);
int do_wp_page(u32 addr, pte_t *entry);

/* mm/pages.c */
int move_pages(struct mm *mm, u32 from, u32 to, u32 length);
void protect_pages(struct mm *mm, u32 start, u32 end, u32 flags);
/* drops the pages, keeps the areas; the caller flushes */
void zap_page_range(struct mm *mm, u32 start, u32 end);
void free_page_tables(struct mm *mm, u32 start, u32 end, u32 floor,
		      u32 ceiling);
void free_all_tables(struct mm *mm);
/* exec places the argument pages with this */
int put_page_at(struct mm *mm, u32 addr, u32 frame, u32 bits);
/* mm/around.c */
u32 whole_pages(const struct vm_area *area);
bool map_neighbour(struct mm *mm, const struct vm_area *area, u32 offset,
		   u32 frame);

/* mm/oom.c */
void out_of_memory(u32 eip, u32 addr);
bool await_memory(u32 addr);	/* to try again */

/* mm/foreign.c: another's memory */
struct mm *borrow_mm(struct mm *mm);
void return_mm(struct mm *own);
int access_page(u32 addr, void *buf, u32 n, bool write, bool forced);
int access_memory(u32 addr, void *buf, u32 n, bool write, bool forced);
bool was_written(struct mm *mm, const struct vm_area *area);
bool is_untouched(struct mm *mm, u32 addr);

/* mm/fault.c */
void do_page_fault(struct pt_regs *regs, u32 error);

/* kernel/debug/audit.c */
int mm_audit(void);	/* mismatches found, each one printed; -ENOMEM */
void audit_init(void);
void watch_init(void);		/* kernel/debug/watch.c */
void sysrq_init(void);		/* kernel/debug/sysrq.c */
struct audit_report;
/* The same, and counts of what is in use. held: as recount_calls() says. */
int mm_audit_report(struct audit_report *report, u32 held);

#endif
