/* statfs() and its form for large file systems, as Linux i386 has them. */
#ifndef ABI_STATFS_H
#define ABI_STATFS_H

/* f_flags is filled in; the others are mount()'s */
#define ST_VALID	0x20

struct statfs {
	long f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	int f_fsid[2];
	long f_namelen, f_frsize, f_flags, f_spare[4];
};

struct statfs64 {
	unsigned int f_type, f_bsize;
	unsigned long long f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	int f_fsid[2];
	unsigned int f_namelen, f_frsize, f_flags, f_spare[4];
} __attribute__((packed, aligned(4)));

#endif
