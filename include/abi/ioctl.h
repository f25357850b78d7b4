/*
 * ioctl() requests of all files and of block devices, as Linux i386 has them.
 * Those of terminals are in abi/termios.h.
 */
#ifndef ABI_IOCTL_H
#define ABI_IOCTL_H

#define FIONREAD	0x541B
#define FIONBIO		0x5421
#define FIONCLEX	0x5450
#define FIOCLEX		0x5451
#define FIOASYNC	0x5452

#define BLKROGET	0x125E	/* 1 if nothing may be written */
#define BLKGETSIZE	0x1260	/* sectors of 512 bytes */
#define BLKFLSBUF	0x1261	/* writes and forgets what is cached */
#define BLKSSZGET	0x1268	/* bytes of a sector */
#define BLKBSZGET	0x80041270	/* bytes of a block of the cache */
#define BLKGETSIZE64	0x80041272	/* bytes */

#endif
