/*
 * devpts: a directory with a name for each pseudo-terminal that there is, of
 * which mount shows the same everywhere. Owner and mode are the
 * pseudo-terminal's own (struct pty_node): they begin as its maker's and go
 * with it. An inode exists while somebody uses it.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/tty.h>
#include <abi/errno.h>
#include <abi/mount.h>

#define DEVPTS_MAGIC	0x1CD1
#define ROOT_INO	1
#define FIRST_POSITION	2 /* of the first name: `.` and `..` come before it */

/* The pseudo-terminal that an inode stands for; NULL: it is gone. */
static struct pty_node *node_of(u32 ino)
{
	for (u32 n = 0; n < NR_PTYS; n++)
		if (pty_node(n) && pty_node(n)->ino == ino)
			return pty_node(n);
	return NULL;
}

bool devpts_alive(const struct inode *inode)
{
	return inode->i_sb && inode->i_sb->s_magic == DEVPTS_MAGIC &&
	       node_of(inode->i_ino);
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

static int devpts_readdir(struct file *file,
			  int (*fill)(void *context, const char *name,
				      u32 length, u32 next, u32 ino),
			  void *context)
{
	char text[12];
	int stop = 0;

	for (; file->pos < FIRST_POSITION && !stop; file->pos += !stop)
		stop = fill(context, "..", file->pos + 1, file->pos + 1,
			    ROOT_INO);
	for (; file->pos < FIRST_POSITION + NR_PTYS && !stop;
	     file->pos += !stop) {
		u32 n = file->pos - FIRST_POSITION;

		if (pty_node(n))
			stop = fill(context, text,
				    snprintf(text, sizeof(text), "%u", n),
				    file->pos + 1, pty_node(n)->ino);
	}
	return stop > 0 ? 0 : stop;
}

static const struct inode_ops devpts_ops = { .lookup = devpts_lookup };
static const struct file_ops devpts_dir_fops = { .readdir = devpts_readdir };

static int devpts_read_inode(struct inode *inode)
{
	const struct pty_node *node = node_of(inode->i_ino);

	inode->i_op = &devpts_ops;
	if (inode->i_ino == ROOT_INO) {
		inode->i_mode = S_IFDIR | 0755;
		inode->i_nlink = 2;
		inode->i_mtime = inode->i_ctime = inode->i_atime =
			current_time();
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

/* Called when an inode that was changed goes, or the change is to last. */
static int devpts_write_inode(struct inode *inode)
{
	struct pty_node *node = node_of(inode->i_ino);

	if (node) {
		node->mode = inode->i_mode & 07777;
		node->uid = inode->i_uid;
		node->gid = inode->i_gid;
		node->time = inode->i_ctime;
	}
	return 0;
}

static void devpts_put_super(struct super_block *sb)
{
	(void)sb;
}

static void devpts_statfs(struct super_block *sb, u32 *blocks, u32 *free,
			  u32 *inodes, u32 *free_inodes)
{
	(void)sb;
	*blocks = *free = *inodes = *free_inodes = 0;
}

static const struct super_ops devpts_super_ops = {
	.read_inode = devpts_read_inode, .write_inode = devpts_write_inode,
	.put_super = devpts_put_super, .statfs = devpts_statfs,
};

static int devpts_read_super(struct super_block *sb)
{
	int error;

	sb->s_op = &devpts_super_ops;
	sb->s_name_max = 255;
	sb->s_magic = DEVPTS_MAGIC;
	sb->s_transient = true;	/* its names are read-only, not what they are */
	sb->s_root = iget(sb, ROOT_INO, &error);
	return error;
}

struct file_system_type devpts_type = {
	.name = "devpts", .flags = MS_RDONLY,
	.read_super = devpts_read_super,
};
