/*
 * mount() and umount(), and /proc/mounts. A device is mounted only once, so the
 * flags belong to the file system. A second place (MS_BIND), another place
 * (MS_MOVE), and flags that would have no effect are refused.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <cowix/seq.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/mount.h>

/* Accepted: reading never changes a time, so they hold anyway. */
#define ATIME_FLAGS	(MS_NOATIME | MS_NODIRATIME | MS_RELATIME)
#define KEPT_FLAGS \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME)
#define KNOWN_FLAGS	(KEPT_FLAGS | ATIME_FLAGS | MS_REMOUNT | MS_SILENT)

/* The arguments of mount(), copied into the kernel. */
struct mount_call {
	const struct file_system_type *type;
	char *names[4];
	u32 flags;
	kdev_t dev;
};

enum { DIRECTORY, TYPE, DEVICE, OPTIONS };

/* Returns a copy of a name, or NULL with *error set. */
static char *copy_name(const char *name, int *error)
{
	char *copy = kmalloc(strlen(name) + 1);

	if (copy)
		strcpy(copy, name);
	else
		*error = -ENOMEM;
	return copy;
}

/* Returns the path of a directory from the root, or NULL with *error set. */
static char *copy_path(struct inode *dir, int *error)
{
	char *page = kpage_alloc(OWNER_CALL), *path, *copy = NULL;

	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	*error = inode_path(igrab(dir), page, &path);
	if (!*error)
		copy = copy_name(path, error);
	kpage_free(page);
	return copy;
}

/* Returns 0 if a directory, which the caller has locked, can be mounted on. */
static int check_covered(const struct inode *covered)
{
	if (!S_ISDIR(covered->i_mode))
		return -ENOTDIR;
	if (covered->i_nlink == 0)
		return -ENOENT;
	if (covered->i_mount || covered == covered->i_sb->s_root)
		return -EBUSY;
	return 0;
}

/*
 * Reads a file system and mounts it over a directory. Returns NULL with *error
 * set on failure.
 */
static struct super_block *attach_super(const struct mount_call *call,
					struct inode *covered, int *error)
{
	struct super_block *sb = NULL;

	lock_inode(covered);
	*error = check_covered(covered);
	if (!*error && call->type->needs_device && find_swap(call->dev) >= 0)
		*error = -EBUSY;
	if (!*error)
		sb = get_super(call->type, call->dev, call->names[OPTIONS],
			       error);
	if (sb) {
		sb->s_flags = (call->flags & KEPT_FLAGS) | call->type->flags;
		sb->s_covered = covered;
		covered->i_mount = sb;
	}
	unlock_inode(covered);
	return sb;
}

/* Mounts a new file system over a directory, whose reference it takes over. */
static int mount_over(const struct mount_call *call, struct inode *covered)
{
	const char *name = call->names[DEVICE] ? call->names[DEVICE] : "none";
	char *dir = NULL, *device = NULL;
	struct super_block *sb = NULL;
	int error = S_ISDIR(covered->i_mode) ? 0 : -ENOTDIR;

	if (!error)
		dir = copy_path(covered, &error);
	if (!error)
		device = copy_name(name, &error);
	if (!error)
		sb = attach_super(call, covered, &error);
	if (!sb) {
		kfree(device);
		kfree(dir);
		iput(covered);
		return error;
	}
	sb->s_device = device;
	sb->s_dir = dir;
	return 0;
}

/*
 * Makes a file system read-only. Waits for calls that began before the flag was
 * set and make or remove a name. Returns -EBUSY if a file is open for writing.
 * On an error the caller clears the flag again.
 */
static int make_readonly(struct super_block *sb)
{
	if (inodes_written(sb))
		return -EBUSY;
	sb->s_flags |= MS_RDONLY;
	await_inodes(sb);
	return inodes_written(sb) ? -EBUSY : sync_super(sb);
}

/* MS_REMOUNT: changes flags and options of the file system with this root. */
static int remount(const struct mount_call *call, struct inode *root)
{
	struct super_block *sb = root->i_sb;
	u32 old = sb->s_flags, flags = call->flags & KEPT_FLAGS;
	int error = root == sb->s_root ? 0 : -EINVAL;

	flags |= sb->s_type->flags;
	if (!error && flags & ~old & MS_RDONLY)
		error = make_readonly(sb);
	if (!error)
		error = set_options(sb, call->names[OPTIONS], true);
	sb->s_flags = error ? old : flags;
	iput(root);
	return error;
}

static int do_mount(const struct mount_call *call)
{
	struct inode *dir;
	int error;

	begin_mounting();
	error = path_lookup(AT_FDCWD, call->names[DIRECTORY], FOLLOW, &dir);
	if (!error && call->flags & MS_REMOUNT)
		error = remount(call, dir);
	else if (!error)
		error = mount_over(call, dir);
	end_mounting();
	return error;
}

/* Finds the number of the block device at path. */
static int find_device(const char *path, kdev_t *dev)
{
	struct inode *inode;
	int error = path_lookup(AT_FDCWD, path, FOLLOW, &inode);

	if (error)
		return error;
	*dev = inode->i_rdev;
	error = S_ISBLK(inode->i_mode) ? may_use_device(inode) : -ENOTBLK;
	iput(inode);
	return error;
}

/* Finds the type and the device of a new mount. */
static int get_source(struct mount_call *call, const char __user *device,
		      const char __user *type)
{
	int error = getname(type, &call->names[TYPE]);

	if (error)
		return error;
	call->type = find_file_system(call->names[TYPE]);
	if (!call->type)
		return -ENODEV;
	if (device || call->type->needs_device)
		error = getname(device, &call->names[DEVICE]);
	if (!error && call->type->needs_device)
		error = find_device(call->names[DEVICE], &call->dev);
	return error;
}

/* Reads the options, which may be missing or empty. */
static int get_options(struct mount_call *call, const void __user *data)
{
	int error = 0;

	if (data)
		error = getname(data, &call->names[OPTIONS]);
	return error == -ENOENT ? 0 : error;
}

/* If the type needs no device, `device` may be any word. */
int sys_mount(const char __user *device, const char __user *dir,
	      const char __user *type, u32 flags, const void __user *data)
{
	struct mount_call call = { .flags = flags };
	int error = suser() ? 0 : -EPERM;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		call.flags &= ~MS_MGC_MSK;
	if (!error)
		error = getname(dir, &call.names[DIRECTORY]);
	if (!error && call.flags & ~KNOWN_FLAGS)
		error = -EINVAL;
	if (!error)
		error = get_options(&call, data);
	if (!error && !(call.flags & MS_REMOUNT))
		error = get_source(&call, device, type);
	if (!error)
		error = do_mount(&call);
	for (u32 i = 0; i < ARRAY_SIZE(call.names); i++)
		putname(call.names[i]);
	return error;
}

/*
 * Detaches a file system from its directory, which is locked, and writes it
 * back. Writing sleeps, so it detaches first. On -EIO it is attached again.
 */
static int close_mount(struct super_block *sb, struct inode *covered)
{
	int error;

	if (inodes_busy(sb))
		return -EBUSY;
	covered->i_mount = NULL;
	error = sync_super(sb);
	if (error)
		covered->i_mount = sb;
	return error;
}

/* Unmounts a file system. Returns -EBUSY if it is in use, -EIO. */
static int do_umount(struct super_block *sb)
{
	struct inode *covered = sb->s_covered;
	int error;

	if (!covered || covered->i_mount != sb)
		return -EBUSY;
	lock_inode(covered);
	error = close_mount(sb, covered);
	unlock_inode(covered);
	if (error)
		return error;
	iput(covered);
	list_del(&sb->link);
	free_super(sb);
	return 0;
}

int sys_umount2(const char __user *path, u32 flags)
{
	struct inode *inode;
	struct super_block *sb;
	int error = suser() ? 0 : -EPERM;

	if (flags & ~UMOUNT_NOFOLLOW)
		return -EINVAL;
	if (!error)
		error = user_path(path, flags ? NOFOLLOW : FOLLOW, &inode);
	if (error)
		return error;
	begin_mounting();
	sb = inode->i_sb;
	if (S_ISBLK(inode->i_mode))
		sb = find_mount(inode->i_rdev);
	else if (sb && inode != sb->s_root)	/* a pipe has none */
		sb = NULL;
	iput(inode);
	error = sb ? do_umount(sb) : -EINVAL;
	end_mounting();
	return error;
}

int sys_umount(const char __user *path)
{
	return sys_umount2(path, 0);
}

/* Prints a word and a space. Characters that would end the word are octal. */
static void show_mount_word(struct seq *s, const char *word)
{
	for (; *word; word++)
		if (strchr(" \t\n\\", *word))
			seq_printf(s, "\\%03o", *word);
		else
			seq_write(s, word, 1);
	seq_write(s, " ", 1);
}

static void show_flags(struct seq *s, u32 flags)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {
		{ MS_NOSUID, ",nosuid" }, { MS_NODEV, ",nodev" },
		{ MS_NOEXEC, ",noexec" }, { MS_NOATIME, ",noatime" },
	};

	seq_printf(s, flags & MS_RDONLY ? "ro" : "rw");
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			seq_printf(s, "%s", names[i].name);
}

/* Prints /proc/mounts. */
void show_mounts(struct seq *s)
{
	list_for_each(node, &mounts) {
		struct super_block *sb =
			list_entry(node, struct super_block, link);

		show_mount_word(s, sb->s_device);
		show_mount_word(s, sb->s_dir);
		show_mount_word(s, sb->s_type->name);
		show_flags(s, sb->s_flags);
		if (sb->s_op->show_options)
			sb->s_op->show_options(sb, s);
		seq_printf(s, " 0 0\n");
	}
}

/*
 * Prints /proc/PID/mountinfo. A file system is mounted only once, so the number
 * of its device is that of its mount.
 */
void show_mountinfo(struct seq *s)
{
	list_for_each(node, &mounts) {
		struct super_block *sb =
			list_entry(node, struct super_block, link);
		const struct inode *covered = sb->s_covered;

		seq_printf(s, "%u %u %u:%u / ", sb->s_dev,
			   covered ? covered->i_dev : sb->s_dev,
			   MAJOR(sb->s_dev), MINOR(sb->s_dev));
		show_mount_word(s, sb->s_dir);
		show_flags(s, sb->s_flags);
		seq_printf(s, " - ");
		show_mount_word(s, sb->s_type->name);
		show_mount_word(s, sb->s_device);
		seq_printf(s, sb->s_flags & MS_RDONLY ? "ro" : "rw");
		if (sb->s_op->show_options)
			sb->s_op->show_options(sb, s);
		seq_printf(s, "\n");
	}
}

/* mounts(buf, size) (515): copies the first page of it. Returns the length. */
int sys_mounts(char __user *buf, u32 size)
{
	struct seq s = { .buf = kpage_alloc(OWNER_CALL) };
	int error;

	if (!s.buf)
		return -ENOMEM;
	show_mounts(&s);
	size = min_u32(size, min_u32(s.at, PAGE_SIZE));
	error = copy_to_user(buf, s.buf, size);
	kpage_free(s.buf);
	return error ? error : (int)size;
}
