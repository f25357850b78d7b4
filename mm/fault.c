/*
 * Exception 0x0E: decides what a page fault means. The entry and the error code
 * say what the CPU saw, the area what the program may do. The first row that
 * fits decides: find_row() computes it, and handle_fault() acts on it.
 *
 *   row               entry          access  area               tests/guest
 *   ----------------  -------------  ------  -----------------  -------------
 *    1 OWN_TABLE      in a PAGE_COW  write   any                lazy
 *                     table
 *    2 WRITE_COPY     PAGE_COW       write   private, writable  cow
 *    3 STALE_TLB      writable       write   any                cow
 *    4 REFUSE         any            any     none, or does not  memory
 *                                            allow the access
 *    5 WRITE_SHARED   read-only      write   shared, writable   shared
 *    6 REFUSE_PRESENT present        any     any other          entries
 *    7 SWAP_IN        in swap        any     any                swap
 *    8 ZERO_PAGE      none           read    without a file     cow
 *    9 FRESH_PAGE     none           write   without a file     memory
 *   10 SHARED_PAGE    none           any     shared file        shared
 *   11 CACHED_PAGE    none           read    private file       mapping
 *   12 COPIED_PAGE    none           write*  private file       entries
 *
 * Rows 1 to 3 and 5, 6 are about pages that are present. Below a stack, rows 4
 * to 12 hold for the area of the stack, which grows first (memory). "Without a
 * file" are also the pages behind the file's part of an area. (*) Row 12 also
 * takes reads of a page of which only the first bytes are the file's.
 *
 * Kernel addresses are refused before. To refuse means SIGSEGV with si_addr in
 * user mode. In the kernel the fixup table lets the user copy return -EFAULT.
 * Without a fixup it is a panic. If there is no memory in user mode,
 * out_of_memory() has some process end. Then the access is tried again. In the
 * kernel the user copy returns -ENOMEM.
 *
 * Exceptions are entered with interrupts masked, so that CR2 is read before
 * another fault can change it. They stay masked: nothing here takes longer than
 * copying a page. Where a file must be read the task sleeps, and others run
 * with their own interrupt flag.
 */
#include <cowix/kernel.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include "mm_internal.h"

enum fault_row {
	OWN_TABLE = 1,
	WRITE_COPY = 2,
	STALE_TLB = 3,
	REFUSE = 4,
	WRITE_SHARED = 5,
	REFUSE_PRESENT = 6,
	SWAP_IN = 7,
	ZERO_PAGE = 8,
	FRESH_PAGE = 9,
	SHARED_PAGE = 10,
	CACHED_PAGE = 11,
	COPIED_PAGE = 12
};

/*
 * Returns nonzero if the area allows the access. The CPU cannot allow writing
 * alone: a program that may write, or execute, may read.
 */
static inline u32 allows(const struct vm_area *area, u32 code)
{
	return area->flags & (code & PF_WRITE ? VM_WRITE : VM_PROT);
}

/*
 * Returns the area of addr. A stack grows down to addr if it may. Returns NULL
 * if there is no area, or it does not allow the access.
 */
static inline struct vm_area *area_for(struct mm *mm, u32 addr, u32 code)
{
	struct vm_area *area = find_area(mm, addr);

	if (area)
		return allows(area, code) ? area : NULL;
	area = find_stack_above(mm, addr);
	if (!area || !allows(area, code) || grow_stack(mm, area, addr) < 0)
		return NULL;
	return area;
}

/*
 * Returns the row of the table. From row 5 on, *area is the area. The first
 * rows come most and need none.
 */
static inline enum fault_row find_row(struct mm *mm, u32 addr, u32 code,
				      const pte_t *entry,
				      struct vm_area **area)
{
	u32 write = code & PF_WRITE;

	if (code & PF_PRESENT && write) {
		if (mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW)
			return OWN_TABLE;
		if (*entry & PAGE_COW)
			return WRITE_COPY;
		if (*entry & PTE_W)
			return STALE_TLB;
	}
	*area = area_for(mm, addr, code);
	if (!*area)
		return REFUSE;
	if (code & PF_PRESENT)
		return write && (*area)->flags & VM_SHARED ? WRITE_SHARED
							   : REFUSE_PRESENT;
	if (entry && is_swapped(*entry))
		return SWAP_IN;
	if (!file_bytes(*area, addr))
		return write ? FRESH_PAGE : ZERO_PAGE;
	if ((*area)->flags & VM_SHARED)
		return SHARED_PAGE;
	if (write || file_bytes(*area, addr) < PAGE_SIZE)
		return COPIED_PAGE;
	return CACHED_PAGE;
}

/*
 * Handles a fault in user space. Returns 0 or -EAGAIN when the access can be
 * tried again, else -EFAULT, -ENOMEM, -EIO or -ENOSPC.
 */
static inline int handle_fault(struct mm *mm, u32 addr, u32 code)
{
	pte_t *entry = find_pte(mm, addr);
	struct vm_area *area = NULL;

	switch (find_row(mm, addr, code, entry, &area)) {
	case OWN_TABLE:		/* 1: then the access may fault once more */
		return own_table(mm, addr);
	case WRITE_COPY:	/* 2 */
		return do_wp_page(addr, entry);
	case STALE_TLB:		/* 3 */
		flush_page(addr);
		return 0;
	case REFUSE:		/* 4 */
		return -EFAULT;
	case WRITE_SHARED:	/* 5 */
		return make_page_writable(mm, area, addr);
	case REFUSE_PRESENT:	/* 6 */
		return -EFAULT;
	case SWAP_IN:		/* 7: not for those who share the table */
		if (own_table(mm, addr) < 0)
			return -ENOMEM;
		return do_swap_page(mm, addr);
	case ZERO_PAGE:		/* 8 */
		return map_zero_page(mm, area, addr);
	case FRESH_PAGE:	/* 9 */
		return map_fresh_page(mm, addr);
	case SHARED_PAGE:	/* 10 */
		return map_shared_page(mm, area, addr, code & PF_WRITE);
	case CACHED_PAGE:	/* 11 */
		return map_cached_page(mm, area, addr);
	case COPIED_PAGE:	/* 12 */
		return map_copied_page(mm, area, addr);
	}
	return -EFAULT;
}

/*
 * Has the page at addr of one of current's areas in memory, and, to write, as
 * its own. Called with the address space locked. Returns as handle_fault()
 * does.
 */
int fault_in(u32 addr, bool write)
{
	struct mm *mm = current->mm;
	u32 code = write ? PF_WRITE : 0;
	const pte_t *entry;

	if (write && own_table(mm, addr) < 0)
		return -ENOMEM;
	entry = find_pte(mm, addr);
	if (entry && *entry & PTE_P) {
		if (!write || *entry & PTE_W)
			return 0;
		code |= PF_PRESENT;
	}
	return handle_fault(mm, addr, code);
}

/* Returns si_code: no area there, or one that does not allow the access. */
static int segv_code(struct mm *mm, u32 addr)
{
	return mm && find_area(mm, addr) ? SEGV_ACCERR : SEGV_MAPERR;
}

/* The kernel's access failed: the user copy returns an error, or a panic. */
static void refuse_kernel(struct pt_regs *regs, u32 code, u32 addr, int error)
{
	if (error != -ENOMEM)
		error = -EFAULT;
	if (addr >= TASK_SIZE || !fixup_exception(regs, error))
		die("page fault", regs, code);
}

/* Tells the program that its access failed; see the table's foot. */
static void refuse_user(struct pt_regs *regs, u32 code, u32 addr, int error)
{
	current->trap_vector = PAGE_FAULT;
	/* the kernel's pages look the same whether they are there or not */
	current->trap_error = code | (addr >= TASK_SIZE ? PF_PRESENT : 0);
	current->trap_cr2 = addr;
	if (error == -ENOMEM)
		out_of_memory(regs->eip, addr);
	else if (error == -EIO || error == -ENOSPC)
		send_fault_signal(SIGBUS, BUS_ADRERR, addr);
	else
		send_fault_signal(SIGSEGV, segv_code(current->mm, addr), addr);
}

/* After -EAGAIN the access is only tried again. */
static void refuse(struct pt_regs *regs, u32 code, u32 addr, int error)
{
	if (error == -EAGAIN)
		return;
	if (user_mode(regs))
		refuse_user(regs, code, addr, error);
	else
		refuse_kernel(regs, code, addr, error);
}

/*
 * Called by page_fault (kernel/trap_entry.asm). If it has to wait for another
 * task that has the address space's lock, the access is tried again.
 */
FROM_ASM void do_page_fault(struct pt_regs *regs, u32 code)
{
	u32 addr = read_cr2();
	struct mm *mm = current->mm;
	int error;

	current->minor_faults++;
	if (unlikely(addr >= TASK_SIZE || !mm)) {
		refuse(regs, code, addr, -EFAULT);
		return;
	}
	if (unlikely(mm->locker)) {
		sleep_on(&mm->unlocked);
		return;
	}
	mm->locker = current;
	error = handle_fault(mm, addr, code);
	mm_unlock(mm);
	if (unlikely(error))
		refuse(regs, code, addr, error);
}
