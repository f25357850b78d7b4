/* statfs() and its form for large file systems, as Linux i386 has them. */
#ifndef ABI_STATFS_H
#define ABI_STATFS_H

/* f_flags is filled in; the others are mount()'s */
#define ST_VALID	0x20

/* f_type of files that no file system has, and their f_namelen */
#define PIPEFS_MAGIC	0x50495045
#define SOCKFS_MAGIC	0x534F434B
#define ANON_INODE_MAGIC 0x09041934
#define NAME_MAX	255

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
