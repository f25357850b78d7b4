/*
 * Extended attributes, which no file system here keeps. The calls check their
 * arguments and refuse with -EOPNOTSUPP, as Linux does on such a file system:
 * programs then go their other way. Each file has an empty list of them.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/xattr.h>

/* Returns -EOPNOTSUPP for a name that could be one, else -ERANGE, -EFAULT. */
static int refuse_name(const char __user *name)
{
	int length = strnlen_user(name, XATTR_NAME_MAX + 1);

	if (length == 0 || length == -ENAMETOOLONG)
		return -ERANGE;
	return length < 0 ? length : -EOPNOTSUPP;
}

/* The same for a value, of which both ends are looked at. */
static int refuse_value(const char __user *name, const void __user *value,
			u32 size, u32 flags)
{
	const u8 __user *bytes = value;
	int error;
	u8 byte;

	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	error = refuse_name(name);
	if (error != -EOPNOTSUPP)
		return error;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	if (size && (copy_from_user(&byte, bytes, 1) < 0 ||
		     copy_from_user(&byte, bytes + size - 1, 1) < 0))
		return -EFAULT;
	return -EOPNOTSUPP;
}

/* Returns 0 if there is a file of that path. */
static int find_file(const char __user *path, u32 flags)
{
	struct inode *inode;
	int error = user_path_at(AT_FDCWD, path, flags, &inode);

	if (!error)
		iput(inode);
	return error;
}

int sys_setxattr(const char __user *path, const char __user *name,
		 const void __user *value, u32 size, u32 flags)
{
	int error = find_file(path, 0);

	return error ? error : refuse_value(name, value, size, flags);
}

int sys_lsetxattr(const char __user *path, const char __user *name,
		  const void __user *value, u32 size, u32 flags)
{
	int error = find_file(path, AT_SYMLINK_NOFOLLOW);

	return error ? error : refuse_value(name, value, size, flags);
}

int sys_fsetxattr(int fd, const char __user *name, const void __user *value,
		  u32 size, u32 flags)
{
	return fget(fd) ? refuse_value(name, value, size, flags) : -EBADF;
}

/* Also removexattr(): what it looks at and answers is the same. */
int sys_getxattr(const char __user *path, const char __user *name)
{
	int error = find_file(path, 0);

	return error ? error : refuse_name(name);
}

/* Also lremovexattr(). */
int sys_lgetxattr(const char __user *path, const char __user *name)
{
	int error = find_file(path, AT_SYMLINK_NOFOLLOW);

	return error ? error : refuse_name(name);
}

/* Also fremovexattr(). */
int sys_fgetxattr(int fd, const char __user *name)
{
	return fget(fd) ? refuse_name(name) : -EBADF;
}

/* The length of the list of names is 0: nothing is copied. */
int sys_listxattr(const char __user *path)
{
	return find_file(path, 0);
}

int sys_llistxattr(const char __user *path)
{
	return find_file(path, AT_SYMLINK_NOFOLLOW);
}

int sys_flistxattr(int fd)
{
	return fget(fd) ? 0 : -EBADF;
}
