/* fs/target.c: a name that a system call makes, moves or removes. */
#ifndef FS_TARGET_H
#define FS_TARGET_H

#include <cowix/fs.h>

struct target {
	char *path;			/* to be freed, or NULL */
	struct inode *dir;		/* the last component's, locked */
	const char *last;
	u32 length;
};

int find_target(int dirfd, const char *path, struct target *t);
int get_target(int dirfd, const char __user *user_path, struct target *t);
void put_target(struct target *t);
void release_target(struct target *t);
bool ends_in_slash(const struct target *t);
int may_delete(const struct target *t, const struct inode *inode);
int may_vanish(const struct inode *inode);
bool is_mount_point(const struct inode *inode);
void forget_name(struct inode *inode, const struct inode *dir);

#endif
