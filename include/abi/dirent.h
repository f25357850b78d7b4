/* Directory entries as getdents and getdents64 deliver them. */
#ifndef ABI_DIRENT_H
#define ABI_DIRENT_H

struct linux_dirent {
	unsigned long d_ino, d_off;
	unsigned short d_reclen;
	/* and behind its NUL, in the record's last byte, the type */
	char d_name[];
};

struct linux_dirent64 {
	unsigned long long d_ino;
	long long d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10

#endif
