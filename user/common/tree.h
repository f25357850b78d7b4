/*
 * user/common/copy.c and tree.c. Failures are said; -1 tells that there was
 * one.
 */
#ifndef TREE_H
#define TREE_H
enum {
	COPY_RECURSIVE = 1, COPY_PRESERVE = 2,
	/*
	 * symbolic links are copied as what they point to: all, or those given
	 * as arguments
	 */
	COPY_FOLLOW = 4, COPY_FOLLOW_FIRST = 8,
	COPY_FORCE = 16,	/* a target that cannot be opened is removed */
	/* ask before a target is overwritten, or never do it */
	COPY_ASK = 32, COPY_KEEP = 64,
	COPY_VERBOSE = 128,
	COPY_LINKS = 256,	/* files that were the same are so afterwards */
};
int copy_tree(const char *from, const char *to, int flags);
enum {
	REMOVE_RECURSIVE = 1,
	REMOVE_ASK = 2,
	REMOVE_FORCE = 4,
	REMOVE_VERBOSE = 8
};
int remove_tree(const char *path, int flags);
/*
 * For cp, mv and ln: call fn for each file but the last, with its name in the
 * last if that is a directory, else with the last itself.
 */
void each_target(char **files, int count, const char *synopsis,
		 void (*fn)(const char *from, const char *to));
#endif
