/*
 * The machine's memory management unit. A program's access walks the page
 * tables as the CPU does, and calls do_page_fault() where the CPU would.
 *
 * The TLB is not one TLB but all there could be: for each page, and for each
 * directory entry, the set of all translations that a CPU may have kept since
 * they were last flushed. A translation may be kept from the moment when it is
 * present, whether it is used or not, and nothing has to be kept. So whatever a
 * real TLB does, its contents are a part of these sets. Hence no program is
 * safe before each translation of a set is harmless. A page fault flushes
 * nothing by itself, as on the first processors with paging.
 */
#include <abi/signal.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "world.h"

#define TRIES	6	/* an access faults at most, before it goes on */
#define USER_CS	0x1B

static u32 fault_address;
static int refused[2];	/* for each side: a signal, or the kernel's error */

/* Returns the process whose page directory is loaded, or NOBODY. */
int loaded_process(void)
{
	for (u32 p = 0; p < PROCESSES; p++)
		if (state.mm[p] && __pa(state.mm[p]->pgdir) == state.cr3)
			return p;
	return NOBODY;
}

pte_t directory_entry_of(const struct mm *mm, u32 page)
{
	return mm->pgdir[PGDIR_INDEX(address_of(page))];
}

pte_t *entry_of(const struct mm *mm, u32 page)
{
	return find_pte(mm, address_of(page));
}

/* Returns true if the CPU lets a program write by these two entries. */
static bool lets_write(pte_t pde, pte_t entry)
{
	return pde & entry & PTE_W;
}

static void keep(struct cached *set, u32 frame, bool writable)
{
	for (u32 i = 0; i < CACHED_MAX; i++) {
		if (set[i].frame == frame && set[i].writable == writable)
			return;
		if (!set[i].frame) {
			set[i] = (struct cached){ frame, writable };
			return;
		}
	}
	broken("more translations at once than the explorer has room for");
}

/* Keeps whatever is present now. */
void fill_tlb(void)
{
	int loaded = loaded_process();
	const struct mm *mm;

	if (loaded == NOBODY)
		return;
	mm = state.mm[loaded];
	for (u32 i = 0; i < TABLES; i++) {
		pte_t pde = mm->pgdir[FIRST_PDE + i];

		if (pde & PTE_P)
			keep(state.table_tlb[i], PTE_FRAME(pde), pde & PTE_W);
	}
	for (u32 page = 0; page < config->pages; page++) {
		const pte_t *entry = entry_of(mm, page);

		if (entry && *entry & PTE_P)
			keep(state.page_tlb[page], PTE_FRAME(*entry),
			     lets_write(directory_entry_of(mm, page), *entry));
	}
}

/* Returns true if a kept translation allows only what an entry does. */
static bool is_harmless(const struct cached *kept, pte_t entry, bool writable)
{
	return entry & PTE_P && PTE_FRAME(entry) == kept->frame &&
	       (!kept->writable || writable);
}

static void check_set(const struct cached *set, pte_t entry, bool writable,
		      const char *what)
{
	for (u32 i = 0; i < CACHED_MAX && set[i].frame; i++)
		rule(is_harmless(&set[i], entry, writable),
		     "the TLB may hold an old %s", what);
}

/* No translation that the CPU may have kept does harm. */
void check_tlb(void)
{
	int loaded = loaded_process();
	const struct mm *mm;

	if (loaded == NOBODY)
		return;
	mm = state.mm[loaded];
	for (u32 i = 0; i < TABLES; i++) {
		pte_t pde = mm->pgdir[FIRST_PDE + i];

		check_set(state.table_tlb[i], pde, pde & PTE_W,
			  "directory entry");
	}
	for (u32 page = 0; page < config->pages; page++) {
		const pte_t *entry = entry_of(mm, page);
		pte_t pde = directory_entry_of(mm, page);

		check_set(state.page_tlb[page], entry ? *entry : 0,
			  entry && lets_write(pde, *entry), "page-table entry");
	}
}

/* Returns true if the TLB may hold a page as read-only. */
bool may_be_stale(u32 page)
{
	const struct cached *set = state.page_tlb[page];

	for (u32 i = 0; i < CACHED_MAX && set[i].frame; i++)
		if (!set[i].writable)
			return true;
	return false;
}

u32 read_cr0(void)
{
	return CR0_WP;
}

u32 read_cr2(void)
{
	return fault_address;
}

u32 read_cr3(void)
{
	return state.cr3;
}

void write_cr3(u32 value)
{
	state.cr3 = value;
	memset(state.page_tlb, 0, sizeof(state.page_tlb));
	memset(state.table_tlb, 0, sizeof(state.table_tlb));
}

void invlpg(u32 addr)
{
	memset(state.table_tlb, 0, sizeof(state.table_tlb));
	for (u32 page = 0; page < config->pages; page++)
		if (PAGE_ROUND_DOWN(addr) == address_of(page))
			memset(state.page_tlb[page], 0,
			       sizeof(state.page_tlb[page]));
}

void use_mm(struct mm *mm)
{
	u32 pgdir = __pa(mm ? mm->pgdir : swapper_pg_dir);

	if (pgdir != state.cr3)
		write_cr3(pgdir);
}

void send_fault_signal(int sig, int code, u32 addr)
{
	(void)code;
	(void)addr;
	refused[this_side()] = sig;
}

bool fixup_exception(struct pt_regs *regs, int error)
{
	(void)regs;
	refused[this_side()] = error;
	return true;
}

/* Returns true if the CPU allows an access, by the tables as they are. */
static bool is_allowed(pte_t pde, const pte_t *entry, bool write)
{
	return entry && pde & *entry & PTE_P && pde & *entry & PTE_U &&
	       (!write || lets_write(pde, *entry));
}

/*
 * Current should find this value in a page. It may be a tracer whose process
 * has ended: then nobody knows.
 */
static void check_found(const u32 *words, u32 page)
{
	for (u32 p = 0; p < PROCESSES; p++)
		if (state.mm[p] == current->mm)
			rule(words[0] == expected_value(p, page) &&
				     words[LAST_WORD] == words[0],
			     "an access finds another value");
}

/*
 * Carries out an access that is allowed. A page has its value at both ends, and
 * still has the old one when it is written: so a copy was a copy.
 */
static void access_frame(pte_t *entry, u32 page, bool write, u8 *value)
{
	u32 *words = __va(PTE_FRAME(*entry));

	*entry |= PTE_A | (write ? PTE_D : 0);
	check_found(words, page);
	if (write)
		words[0] = words[LAST_WORD] = *value;
	*value = words[0];
}

/* Raises a page fault. Returns 0, a signal, or what the kernel's copy gets. */
static int fault(u32 page, bool write, bool present, bool by_kernel)
{
	struct pt_regs regs = { .cs = by_kernel ? 0 : USER_CS };

	fill_tlb();
	fault_address = address_of(page);
	refused[this_side()] = 0;
	do_page_fault(&regs, (present ? PF_PRESENT : 0) |
				     (write ? PF_WRITE : 0));
	return refused[this_side()];
}

/* An access of current, until it is carried out or refused for good. */
static int access(u32 page, bool write, bool stale, bool by_kernel, u8 *value)
{
	const struct mm *mm = current->mm;
	int failed;

	rule(state.cr3 == __pa(mm->pgdir), "another directory is loaded");
	for (u32 tries = 0; tries < TRIES; tries++) {
		pte_t *entry = entry_of(mm, page);
		pte_t pde = directory_entry_of(mm, page);

		if (!stale && is_allowed(pde, entry, write)) {
			access_frame(entry, page, write, value);
			return 0;
		}
		failed = fault(page, write, entry && *entry & PTE_P, by_kernel);
		if (failed)
			return failed;
		stale = stale && may_be_stale(page);
	}
	broken("an access faults for ever");
	return SIGSEGV;
}

/* A program's access. With stale, the TLB has the page read-only at first. */
int touch(u32 page, bool write, bool stale, u8 *value)
{
	return access(page, write, stale, false, value);
}

/* The kernel's, for a program. */
static int copy_user(u32 addr, bool write, u8 *value)
{
	return access((addr - address_of(0)) >> PAGE_SHIFT, write, false, true,
		      value);
}

int copy_to_user(void __user *to, const void *from, size_t n)
{
	u8 value = *(const u8 *)from;

	(void)n;
	return copy_user((u32)to, true, &value);
}

int copy_from_user(void *to, const void __user *from, size_t n)
{
	(void)n;
	return copy_user((u32)from, false, to);
}
