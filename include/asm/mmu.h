/*
 * Paging on the i386, names for every bit (Intel SDM volume 3, chapter
 * "Paging", 32-bit paging). The plain `#define NAME number` lines are also
 * turned into nasm constants by the Makefile.
 */
#ifndef ASM_MMU_H
#define ASM_MMU_H

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096
#define PGDIR_SHIFT	22
#define PTES_PER_TABLE	1024
#define USER_PDES	768
#define KERNEL_PDES	(PTES_PER_TABLE - USER_PDES)
#define LARGE_PAGE_SIZE	0x400000

#define KERNEL_BASE	0xC0000000
#define LINEAR_MAP_MAX	0x38000000

/*
 * Bits of page-directory and page-table entries. PAGE_COW and PAGE_NONE are
 * free for software: a page that shares and is copied on write; a page that is
 * there but that its area lets nobody touch (PTE_P is clear). PTE_MAPPED: PTE_P
 * or PAGE_NONE, the entry holds a reference to its frame.
 */
#define PTE_P		0x001
#define PTE_W		0x002
#define PTE_U		0x004
#define PTE_A		0x020
#define PTE_D		0x040
#define PTE_PS		0x080
#define PTE_G		0x100
#define PAGE_COW	0x200
#define PAGE_NONE	0x400
#define PTE_MAPPED	0x401

/* error code of exception 0x0E */
#define PF_PRESENT	0x1
#define PF_WRITE	0x2

#define CR0_PE		0x00000001
#define CR0_MP		0x00000002
#define CR0_EM		0x00000004
#define CR0_TS		0x00000008
#define CR0_NE		0x00000020
#define CR0_WP		0x00010000
#define CR0_PG		0x80000000
#define CR4_PSE		0x00000010
#define CR4_PGE		0x00000080
#define CR4_OSFXSR	0x00000200
#define CR4_OSXMMEXCPT	0x00000400

#ifndef __ASSEMBLER__
#include <cowix/types.h>

#define PAGE_MASK		(~(u32)(PAGE_SIZE - 1))
#define OFFSET_IN_PAGE(addr)	((u32)(addr) & (PAGE_SIZE - 1))
#define PAGE_ROUND_DOWN(addr)	((u32)(addr) & PAGE_MASK)
#define PAGE_ROUND_UP(addr)	(((u32)(addr) + PAGE_SIZE - 1) & PAGE_MASK)
#define PGDIR_INDEX(addr)	((u32)(addr) >> PGDIR_SHIFT)
#define PGTBL_INDEX(addr) \
	(((u32)(addr) >> PAGE_SHIFT) & (PTES_PER_TABLE - 1))
/* the first address that an entry, by its place, is for */
#define PDE_ADDRESS(pde) \
	(OFFSET_IN_PAGE(pde) / sizeof(pte_t) << PGDIR_SHIFT)
/* physical address in an entry */
#define PTE_FRAME(entry)	((entry) & PAGE_MASK)

typedef u32 pte_t;		/* an entry of a page table or page directory */

/* kernel address of RAM below 896 MB */
#define __va(phys)	((void *)((u32)(phys) + KERNEL_BASE))
#define __pa(virt)	((u32)(virt) - KERNEL_BASE)
#endif
#endif
