#ifndef GRP_H
#define GRP_H
#include <stddef.h>
#include <sys/types.h>
struct group {
	char *gr_name, *gr_passwd;
	gid_t gr_gid;
	char **gr_mem;
};
/* The next call overwrites the entry. */
struct group *getgrnam(const char *name);
struct group *getgrgid(gid_t gid);
int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count);
int setgroups(size_t count, const gid_t *groups);
int initgroups(const char *user, gid_t group);
#endif
