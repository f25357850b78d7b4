/* mount() */
#ifndef ABI_MOUNT_H
#define ABI_MOUNT_H

#define MS_RDONLY	1

#endif
