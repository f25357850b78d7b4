/*
 * The checks in front of mm/uaccess.asm. A pointer from a program is only
 * compared with the end of user space here. The CPU finds out while copying
 * whether memory is there and may be written. The fault handler and the fixup
 * table answer for that.
 */
#include <cowix/kernel.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "mm_internal.h"

int copy_from_user(void *to, const void __user *from, size_t n)
{
	return access_ok(from, n)
		       ? __copy_user(to, (__force const void *)from, n)
		       : -EFAULT;
}

int copy_to_user(void __user *to, const void *from, size_t n)
{
	return access_ok(to, n) ? __copy_user((__force void *)to, from, n)
				: -EFAULT;
}

int clear_user(void __user *to, size_t n)
{
	return access_ok(to, n) ? __clear_user((__force void *)to, n) : -EFAULT;
}

/*
 * Returns how far a string may be read: size, or what is left of user space
 * above its start. Returns 0 if it starts beyond the end.
 */
static u32 string_room(const char __user *s, u32 size)
{
	u32 start = (__force u32)s;

	return start < TASK_SIZE ? min_u32(size, TASK_SIZE - start) : 0;
}

/*
 * A string function met no NUL: it ran into the end of user space, or the
 * string is too long.
 */
static int unterminated(u32 room, u32 size)
{
	return room < size ? -EFAULT : -ENAMETOOLONG;
}

/*
 * Copy a string of at most size - 1 characters and its NUL. Its length,
 * -EFAULT, or -ENAMETOOLONG when it does not fit.
 */
int strncpy_from_user(char *to, const char __user *from, size_t size)
{
	u32 room = string_room(from, size);
	int length = -EFAULT;

	check_store(to, size);
	if (room)
		length = __strncpy_from_user(
			to, (__force const char *)from, room);
	return length < 0 || (u32)length < room ? length
						: unterminated(room, size);
}

/* Length of a string of less than size characters; the same errors. */
int strnlen_user(const char __user *s, size_t size)
{
	u32 room = string_room(s, size);
	int length = room ? __strnlen_user((__force const char *)s, room)
			  : -EFAULT;

	return length < 0 || (u32)length < room ? length
						: unterminated(room, size);
}
