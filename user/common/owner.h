/* Owners of files (user/common/owner.c). */
#ifndef OWNER_H
#define OWNER_H
#include <sys/types.h>
struct owner_options {
	/* links: they themselves are changed, not what they point to */
	int recursive, links, quiet;
	int follow;			/* with -R: H, L or P */
};
/* a name of /etc/passwd or a number; -1: neither */
long user_id(const char *name);
/* a name of /etc/group or a number; -1: neither */
long group_id(const char *name);
/* The options -R -h -f -H -L -P; the arguments that follow, at least two. */
char **owner_options(int argc, char **argv, struct owner_options *options,
		     const char *synopsis);
/* -1: as it is */
void change_owner(const char *path, uid_t uid, gid_t gid,
		  const struct owner_options *options);
#endif
