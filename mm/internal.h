/* What the files of mm/ share among themselves. */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <cowix/mm.h>

extern u8 __text_start[], __text_end[], _end[];		/* kernel.ld */
extern pte_t swapper_pg_dir[], pg0[];			/* head.asm: the kernel's directory and its first table */

/* frames.c */
void *boot_alloc(u32 size);
void release_frame(u32 frame);
void hide_zones(bool hide);

/* kmalloc.c */
void kmalloc_asks(bool on);
u32 for_each_free_frame(void (*visit)(u32 frame));

/* uaccess.asm */
int __clear_user(void *to, u32 n);
int __strncpy_from_user(char *to, const char *from, u32 n);
int __strnlen_user(const char *s, u32 n);

/* memory.c */
#define REUSE_PAGES	16		/* unprotected by one fault at most */

/* area.c */
bool exceeds_as_limit(const struct mm *mm, u32 bytes);
struct vm_area *find_stack_above(struct mm *mm, u32 addr);

#endif
