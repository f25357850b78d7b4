/* mount() and umount2(), as Linux i386 has them. */
#ifndef ABI_MOUNT_H
#define ABI_MOUNT_H

#define MS_RDONLY	0x1
#define MS_NOSUID	0x2
#define MS_NODEV	0x4
#define MS_NOEXEC	0x8
#define MS_SYNCHRONOUS	0x10
#define MS_REMOUNT	0x20
#define MS_MANDLOCK	0x40
#define MS_DIRSYNC	0x80
#define MS_NOATIME	0x400
#define MS_NODIRATIME	0x800
#define MS_BIND		0x1000
#define MS_MOVE		0x2000
#define MS_REC		0x4000
#define MS_SILENT	0x8000
#define MS_RELATIME	0x200000
#define MS_STRICTATIME	0x1000000

/* Old programs put this into the upper half. */
#define MS_MGC_VAL	0xC0ED0000
#define MS_MGC_MSK	0xFFFF0000

#define UMOUNT_NOFOLLOW	8

#endif
