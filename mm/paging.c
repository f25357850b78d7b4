/*
 * The kernel's half of every page directory: the linear map of RAM at
 * KERNEL_BASE. The first 4 MB were mapped by head.asm with pg0. Here the rest
 * follows, with 4 MB pages where the CPU has them. The kernel's text becomes
 * read-only. Afterwards the 256 kernel entries never change, so every directory
 * may hold a copy of them.
 */
#include <cowix/kernel.h>
#include <cowix/sanitize.h>
#include <asm/string.h>
#include "mm_internal.h"

#define CPUID_1_EDX_PSE		(1u << 3)
#define CPUID_1_EDX_PGE		(1u << 13)
#define CPUID_1_EDX_FXSR	(1u << 24)
#define CPUID_1_EDX_SSE		(1u << 25)

#define KERNEL_PDE_BITS		(PTE_P | PTE_W | PTE_A | PTE_D)

bool cpu_has_pse, cpu_has_pge, cpu_has_fxsr;
u32 cpu_features;

/*
 * A 486 without CPUID cannot toggle EFLAGS.ID: it has none of the features
 * asked for here.
 */
bool has_cpuid(void)
{
	u32 flags = read_eflags();
	bool toggled;

	write_eflags(flags ^ EFLAGS_ID);
	toggled = (read_eflags() ^ flags) & EFLAGS_ID;
	write_eflags(flags);
	return toggled;
}

static void detect_features(void)
{
	u32 eax, ebx, ecx, edx;

	if (!has_cpuid())
		return;
	cpuid(1, &eax, &ebx, &ecx, &edx);
	cpu_features = edx;
	cpu_has_pse = edx & CPUID_1_EDX_PSE;
	cpu_has_pge = edx & CPUID_1_EDX_PGE;
	cpu_has_fxsr = (edx & CPUID_1_EDX_FXSR) && (edx & CPUID_1_EDX_SSE);
}

/* One page-directory entry's worth of the linear map without large pages. */
static pte_t map_with_table(u32 phys, u32 global)
{
	pte_t *table = boot_alloc(PAGE_SIZE);

	for (u32 i = 0; i < PTES_PER_TABLE; i++)
		table[i] = (phys + i * PAGE_SIZE) | PTE_P | PTE_W | global;
	return __pa(table) | KERNEL_PDE_BITS;
}

/*
 * Makes whole pages of the kernel's text and constants read-only, and the first
 * 4 MB global. Ends with a flush (case: permission lowered).
 */
static void kernel_protect(void)
{
	u32 first = __pa(__text_start) >> PAGE_SHIFT,
	    end = __pa(__text_end) >> PAGE_SHIFT;

	for (u32 i = 0; i < PTES_PER_TABLE; i++) {
		if (i >= first && i < end)
			pg0[i] &= ~PTE_W;
		if (cpu_has_pge)
			pg0[i] |= PTE_G;
	}
	flush_address_space();
}

/*
 * Map all RAM of nr_frames. Called once by start_kernel, before frames_init.
 * The CR0.WP bit that the copy-on-write core depends on was set by head.asm and
 * is asserted here.
 */
void paging_init(void)
{
	u32 end = nr_frames << PAGE_SHIFT, global;

	if (!(read_cr0() & CR0_WP))
		panic("paging_init: CR0.WP is clear");
	detect_features();
	global = cpu_has_pge ? PTE_G : 0;
	if (cpu_has_pse)
		write_cr4(read_cr4() | CR4_PSE);
	for (u32 phys = LARGE_PAGE_SIZE; phys < end; phys += LARGE_PAGE_SIZE)
		swapper_pg_dir[PGDIR_INDEX(KERNEL_BASE + phys)] =
			cpu_has_pse ? phys | KERNEL_PDE_BITS | PTE_PS | global
				    : map_with_table(phys, global);
	kernel_protect();
	if (cpu_has_pge)
		write_cr4(read_cr4() | CR4_PGE);
	kasan_init();
}
