/* fs/name_cache.c: what the names of directories mean. */
#ifndef COWIX_NAME_CACHE_H
#define COWIX_NAME_CACHE_H

#include <cowix/list.h>

struct inode;

struct cached_name {
	struct list hash_link;
	struct list age_link;		/* in none if the name is kept */
	struct list dir_link;		/* the names in its directory */
	struct list inode_link;		/* the names of its inode */
	struct inode *dir;
	struct inode *inode;		/* NULL: dir has no such name */
	u32 position;			/* in dir, if the file system wants */
	u32 length;
	bool used;			/* since it was passed over last */
	char name[];
};

extern u32 name_changes;		/* names made and removed so far */

struct cached_name *name_cache_find(const struct inode *dir, const char *name,
				    u32 length);
void name_cache_found(struct inode *dir, const char *name, u32 length,
		      struct inode *inode, u32 before);
struct cached_name *name_cache_set(struct inode *dir, const char *name,
				   u32 length, struct inode *inode);
void name_cache_forget(const struct inode *dir, const char *name, u32 length);
void name_cache_forget_inode(struct inode *inode);
void name_cache_drop(struct cached_name *name);
const struct cached_name *name_of(const struct inode *inode);
int shrink_names(int wanted);
void name_cache_init(void);

#endif
