/* Owners of files (user/common/owner.c). */
#ifndef OWNER_H
#define OWNER_H
#include <sys/types.h>
struct owner_options {
	/* links: change the links, not their targets */
	int recursive, links, quiet;
	int follow;			/* with -R: H, L or P */
};
/* from a name of /etc/passwd or a number; -1: neither */
long user_id(const char *name);
/* from a name of /etc/group or a number; -1: neither */
long group_id(const char *name);
/*
 * Parses the options -R -h -f -H -L -P. Returns the arguments that follow,
 * which are at least two.
 */
char **owner_options(int argc, char **argv, struct owner_options *options);
/* an id of -1 is not changed */
void change_owner(const char *path, uid_t uid, gid_t gid,
		  const struct owner_options *options);
#endif
