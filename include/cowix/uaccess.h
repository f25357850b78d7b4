/*
 * User copies: the only way the kernel touches a program's memory
 * (mm/uaccess.asm and its fixup table). All return 0 or a negative errno:
 * -EFAULT for a bad address, -ENOMEM when breaking copy-on-write found no
 * frame. A write through these breaks copy-on-write exactly as the program's
 * own write would, because CR0.WP is set. They may sleep.
 */
#ifndef COWIX_UACCESS_H
#define COWIX_UACCESS_H

#include <cowix/types.h>
#include <cowix/sanitize.h>
#include <asm/mmu.h>

int copy_from_user(void *to, const void __user *from, size_t n);
int copy_to_user(void __user *to, const void *from, size_t n);
/*
 * The same for a range that access_ok() has approved: what read() and write()
 * hand to a file's operations.
 */
int __copy_user(void *to, const void *from, u32 n);	/* mm/uaccess.asm */

static inline int __copy_from_user(void *to, const void __user *from, size_t n)
{
	check_store(to, n);
	return __copy_user(to, (__force const void *)from, n);
}

static inline int __copy_to_user(void __user *to, const void *from, size_t n)
{
	check_load(from, n);
	return __copy_user((__force void *)to, from, n);
}

int clear_user(void __user *to, size_t n);
/* length without the NUL; -ENAMETOOLONG when size bytes hold no NUL */
int strncpy_from_user(char *to, const char __user *from, size_t size);
/* the same without copying */
int strnlen_user(const char __user *s, size_t size);
int get_user_u32(u32 *to, const void __user *from);
int put_user_u32(u32 value, void __user *to);
/* value is stored if *old was there; *old becomes what was */
int cmpxchg_user_u32(u32 *old, u32 value, void __user *to);
/* Whether the range lies in user space at all. */
static inline bool access_ok(const void __user *addr, size_t n)
{
	return n <= KERNEL_BASE && (__force u32)addr <= KERNEL_BASE - n;
}

#endif
