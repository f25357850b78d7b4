#ifndef SYS_MOUNT_H
#define SYS_MOUNT_H
#include <abi/mount.h>
int mount(const char *device, const char *dir, const char *type,
	  unsigned long flags, const void *data);
int umount(const char *dir);
#endif
