#ifndef PWD_H
#define PWD_H
#include <sys/types.h>
struct passwd {
	char *pw_name, *pw_passwd; /* pw_passwd: hash; "": none */
	uid_t pw_uid;
	gid_t pw_gid;
	char *pw_gecos, *pw_dir, *pw_shell;
};
/* The next call overwrites the entry. */
struct passwd *getpwnam(const char *name);
struct passwd *getpwuid(uid_t uid);
#endif
