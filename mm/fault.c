/*
 * Exception 0x0E: decide what a page fault means. The page-table entry and the
 * error code say what the CPU saw, the area what the program may do.
 *
 *  who     entry                access  area             action                              test in tests/guest
 *  ------  -------------------  ------  ---------------  ----------------------------------  -------------------
 *  either  table is PAGE_COW    write   any              own_tables, then as below           lazy
 *  either  present, PAGE_COW    write   private, write   do_wp_page: unprotect or copy       cow
 *  either  present, writable    write   -                stale TLB entry: flush and go on    cow
 *  either  present, read-only   write   shared, write    make_page_writable                  shared
 *  either  present, read-only   write   no VM_WRITE      refuse                              memory: protection
 *  either  not present          read    any permission   do_no_page: zero page or file page  mapping
 *  either  not present          write   VM_WRITE         do_no_page: fresh page              memory: heap
 *  either  not present          any     below the stack  grow the stack, then do_no_page     memory: stack
 *  either  in swap              any     any permission   do_no_page: do_swap_page            swap
 *  either  any                  any     none, or not     refuse                              memory: protection
 *                                       allowed
 *  user    present, supervisor  any     -                refuse                              memory: protection
 *  kernel  kernel address       any     -                panic with a report                 -
 *
 * Refuse: in user mode SIGSEGV with si_addr; in the kernel the fixup table, so
 * that the user copy returns -EFAULT; without a fixup a panic. No memory: in
 * user mode out_of_memory() has some process end, and the access is tried
 * again; in the kernel the user copy returns -ENOMEM.
 *
 * Exceptions are entered with interrupts masked, so that CR2 is read before
 * another fault can change it, and stay so: nothing here takes longer than
 * copying a page, and where a file must be read the task sleeps, and others run
 * with their own interrupt flag.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include "mm_internal.h"

/*
 * What a program has done wrong, as si_code tells it: no area at all, or an
 * area that does not allow the access.
 */
static int segv_code(struct mm *mm, u32 addr)
{
	return mm && find_area(mm, addr) ? SEGV_ACCERR : SEGV_MAPERR;
}

/*
 * The access is not allowed, or cannot be satisfied (error): tell the program
 * or the user copy; see the table's foot.
 */
static void refuse(struct pt_regs *regs, u32 code, u32 addr, int error)
{
	if (!user_mode(regs)) {
		if (addr >= TASK_SIZE ||
		    !fixup_exception(regs,
				     error == -ENOMEM ? -ENOMEM : -EFAULT))
			die("page fault", regs, code);
		return;
	}
	current->trap_vector = PAGE_FAULT;
	/* the kernel's pages are not told from missing ones */
	current->trap_error = code | (addr >= TASK_SIZE ? PF_PRESENT : 0);
	current->trap_cr2 = addr;
	if (error == -ENOMEM) {
		out_of_memory(regs->eip, addr);
	} else if (error == -EIO || error == -ENOSPC) {
		send_fault_signal(SIGBUS, BUS_ADRERR, addr);
	} else {
		send_fault_signal(SIGSEGV, segv_code(current->mm, addr), addr);
	}
}

/*
 * Nonzero if the area allows the access. The CPU cannot let pass writing alone:
 * who may write, or execute, may read, present or not.
 */
static inline u32 allowed(const struct vm_area *area, u32 code)
{
	return area->flags & (code & PF_WRITE ? VM_WRITE : VM_PROT);
}

/*
 * The rows of the table that need the area. 0 when the access may be tried
 * again.
 */
static inline int fault_in_area(struct mm *mm, u32 addr, u32 code)
{
	struct vm_area *area = find_area(mm, addr);

	if (!area) {
		area = find_stack_above(mm, addr);
		if (!area || !allowed(area, code) ||
		    grow_stack(mm, area, addr) < 0)
			return -EFAULT;
	}
	if (!allowed(area, code))
		return -EFAULT;
	if (unlikely(code & PF_PRESENT))
		return area->flags & VM_SHARED && code & PF_WRITE
			       ? make_page_writable(mm, area, addr)
			       : -EFAULT;
	return do_no_page(area, addr, code);
}

/*
 * A fault in user space. The first branch is the copy-on-write fault: it comes
 * most and is kept short.
 */
static inline int user_fault(struct mm *mm, u32 addr, u32 code)
{
	if ((code & (PF_PRESENT | PF_WRITE)) == (PF_PRESENT | PF_WRITE)) {
		pte_t *entry = find_pte(mm, addr);

		/*
		 * Then the access is tried again, and faults if it is shared.
		 */
		if (unlikely(mm->pgdir[PGDIR_INDEX(addr)] & PAGE_COW))
			return own_tables(mm, PAGE_ROUND_DOWN(addr),
					  PAGE_ROUND_DOWN(addr) + PAGE_SIZE);
		if (*entry & PAGE_COW)
			return do_wp_page(addr, entry);
		if (*entry & PTE_W) {
			invlpg(addr);
			return 0;
		}
	}
	return fault_in_area(mm, addr, code);
}

/*
 * Has the page at addr of one of current's areas in memory, and, to write, as
 * its own. Called with the address space locked. 0 or the errors of a fault.
 */
int fault_in(u32 addr, bool write)
{
	struct mm *mm = current->mm;
	u32 page = PAGE_ROUND_DOWN(addr), code = write ? PF_WRITE : 0;
	const pte_t *entry;

	if (write && own_tables(mm, page, page + PAGE_SIZE) < 0)
		return -ENOMEM;
	entry = find_pte(mm, addr);
	if (entry && *entry & PTE_P && (!write || *entry & PTE_W))
		return 0;
	return user_fault(mm, addr,
			  code | (entry && *entry & PTE_P ? PF_PRESENT : 0));
}

/*
 * Called by page_fault (kernel/trap_entry.asm). If another thread is
 * just changing the address space, the access is tried again afterwards.
 */
void do_page_fault(struct pt_regs *regs, u32 code)
{
	u32 addr = read_cr2();
	struct mm *mm = current->mm;
	bool shared;
	int error;

	current->minor_faults++;
	if (unlikely(addr >= TASK_SIZE || !mm)) {
		refuse(regs, code, addr, -EFAULT);
		return;
	}
	shared = mm->users > 1;
	if (unlikely(shared) && !mm_trylock(mm))
		return;
	error = user_fault(mm, addr, code);
	if (unlikely(shared))
		mm_unlock(mm);
	if (unlikely(error) && error != -EAGAIN)
		refuse(regs, code, addr, error);
}
