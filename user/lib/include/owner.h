/* Owners of files (user/lib/owner.c). */
#ifndef OWNER_H
#define OWNER_H
long user_id(const char *name);		/* a name of /etc/passwd or a number; -1: neither */
long group_id(const char *name);	/* a name of /etc/group or a number; -1: neither */
void change_owner(const char *path, long uid, long gid, int recursive);	/* -1: as it is */
#endif
