/*
 * devpts: a directory with a name for each open pseudo-terminal. All mounts of
 * it show the same. Owner and mode belong to the pseudo-terminal (struct
 * pty_node): they begin as its maker's and go with it. An inode exists only
 * while it is used.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/tty.h>
#include <abi/errno.h>
#include <abi/mount.h>

#define DEVPTS_MAGIC	0x1CD1
#define ROOT_INO	1

/* Returns the pseudo-terminal of an inode, or NULL if it is gone. */
static struct pty_node *find_pty_node(u32 ino)
{
	for (u32 n = 0; n < NR_PTYS; n++)
		if (pty_node(n) && pty_node(n)->ino == ino)
			return pty_node(n);
	return NULL;
}

/* Returns true if an inode's pseudo-terminal is still there. */
bool devpts_alive(const struct inode *inode)
{
	return inode->i_sb && inode->i_sb->s_magic == DEVPTS_MAGIC &&
	       find_pty_node(inode->i_ino);
}

static int devpts_lookup(struct inode *dir, const char *name, u32 length,
			 u32 *ino)
{
	char text[12];

	if (is_dot_dotdot(name, length)) {
		*ino = dir->i_ino;
		return 0;
	}
	for (u32 n = 0; n < NR_PTYS; n++) {
		snprintf(text, sizeof(text), "%u", n);
		if (!pty_node(n) || strlen(text) != length ||
		    memcmp(text, name, length) != 0)
			continue;
		*ino = pty_node(n)->ino;
		return 0;
	}
	return -ENOENT;
}

static int devpts_readdir(struct file *file, dirent_fill *fill, void *context)
{
	char text[12];
	int stop = readdir_dots(file, fill, context, ROOT_INO);

	while (!stop && file->pos < FIRST_POSITION + NR_PTYS) {
		u32 n = file->pos - FIRST_POSITION;
		u32 length = snprintf(text, sizeof(text), "%u", n);

		if (pty_node(n))
			stop = fill(context, text, length, file->pos + 1,
				    pty_node(n)->ino);
		if (!stop)
			file->pos++;
	}
	return stop > 0 ? 0 : stop;
}

static const struct inode_ops devpts_ops = { .lookup = devpts_lookup };
static const struct file_ops devpts_dir_fops = { .readdir = devpts_readdir };

static int devpts_read_inode(struct inode *inode)
{
	const struct pty_node *node = find_pty_node(inode->i_ino);

	inode->i_op = &devpts_ops;
	if (inode->i_ino == ROOT_INO) {
		inode->i_mode = S_IFDIR | 0755;
		inode->i_nlink = 2;
	} else if (!node) {
		return -ENOENT;
	} else {
		inode->i_mode = S_IFCHR | node->mode;
		inode->i_nlink = 1;
		inode->i_uid = node->uid;
		inode->i_gid = node->gid;
		inode->i_rdev = MKDEV(PTS_MAJOR, node->number);
		inode->i_mtime = inode->i_ctime = inode->i_atime = node->time;
	}
	set_file_ops(inode, &devpts_dir_fops);
	return 0;
}

/* Keeps a changed inode's owner and mode in its pseudo-terminal. */
static int devpts_write_inode(struct inode *inode)
{
	struct pty_node *node = find_pty_node(inode->i_ino);

	if (node) {
		node->mode = inode->i_mode & 07777;
		node->uid = inode->i_uid;
		node->gid = inode->i_gid;
		node->time = inode->i_ctime;
	}
	return 0;
}

static const struct super_ops devpts_super_ops = {
	.read_inode = devpts_read_inode, .write_inode = devpts_write_inode,
};

static int devpts_read_super(struct super_block *sb)
{
	int error;

	sb->s_op = &devpts_super_ops;
	sb->s_name_max = 255;
	sb->s_magic = DEVPTS_MAGIC;
	sb->s_transient = true;	/* owners and modes can change nevertheless */
	sb->s_root = iget(sb, ROOT_INO, &error);
	return error;
}

struct file_system_type devpts_type = {
	.name = "devpts", .flags = MS_RDONLY,
	.read_super = devpts_read_super,
};
