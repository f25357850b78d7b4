/* What the files of tmpfs share. */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

#include <cowix/fs.h>

struct tmpfs_options {
	u32 pages, inodes;		/* limits; 0: none */
	u32 mode, uid, gid;		/* of the root */
};

int tmpfs_parse(struct tmpfs_options *o, char *list);

#endif
