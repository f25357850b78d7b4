/*
 * What setup has learned from the BIOS, at physical address BOOT_PARAMS. The
 * BP_ numbers are the offsets that setup uses; the assertions keep them true.
 */
#ifndef COWIX_BOOT_PARAMS_H
#define COWIX_BOOT_PARAMS_H

#define BOOT_SECTOR	0x7C00		/* where the BIOS loads it */
#define BOOT_FIELDS	438		/* offset of what tools/mkfs fills in */
#define BOOT_PARAMS	0x9000
#define SETUP_LOAD	0x10000		/* physical address of setup */
#define SETUP_SIZE	4096
#define KERNEL_LOAD	0x11000		/* and of the kernel behind it */
#define CMDLINE_OFFSET	2048		/* of the kernel parameters in setup */
#define CMDLINE_SIZE	2048
#define E820_MAX	32

#define BP_E820_COUNT	0
#define BP_E801_LOW	4
#define BP_E801_HIGH	6
#define BP_MEM88	8
#define BP_BASE_MEMORY	10
#define BP_BOOT_DRIVE	12
#define BP_CURSOR_ROW	13
#define BP_CURSOR_COLUMN 14
#define BP_HARD_DISKS	15
#define BP_CYLINDERS	16
#define BP_HEADS	18
#define BP_SECTORS	19
#define BP_VIDEO_MODE	20
#define BP_VIDEO_COLUMNS 21
#define BP_RAMDISK	24
#define BP_RAMDISK_END	28
#define BP_E820		32
#define BP_CMDLINE	800

#define RAMDISK_LOAD	0x600000	/* where setup puts it */
#define BOOT_LOADER	0xFF		/* the boot drive is not known */
#define E820_RAM	1

#ifndef __ASSEMBLER__
#include <cowix/types.h>

struct PACKED e820_entry {
	u64 base, length;
	u32 type, attributes;
};

struct boot_params {
	u32 e820_count;
	u16 e801_low;		/* KB from 1 MB to 16 MB; 0: no such call */
	u16 e801_high;		/* units of 64 KB above 16 MB */
	u16 mem88;		/* KB above 1 MB, by the oldest call */
	u16 base_memory_kb;	/* below the extended BIOS data area */
	u8 boot_drive;		/* BIOS: below 0x80 a floppy; BOOT_LOADER */
	u8 cursor_row, cursor_column;
	u8 hard_disks;		/* that the BIOS knows */
	u16 cylinders;		/* of the boot drive, as the BIOS sees it */
	u8 heads, sectors;	/* likewise */
	u8 video_mode, video_columns;
	u16 padding;
	u32 ramdisk, ramdisk_end;	/* physical addresses, or 0: none */
	struct e820_entry e820[E820_MAX];
	char cmdline[CMDLINE_SIZE];
};

_Static_assert(offsetof(struct boot_params, e801_low) == BP_E801_LOW, "");
_Static_assert(offsetof(struct boot_params, base_memory_kb) == BP_BASE_MEMORY,
	       "");
_Static_assert(offsetof(struct boot_params, boot_drive) == BP_BOOT_DRIVE, "");
_Static_assert(offsetof(struct boot_params, cylinders) == BP_CYLINDERS, "");
_Static_assert(offsetof(struct boot_params, video_mode) == BP_VIDEO_MODE, "");
_Static_assert(offsetof(struct boot_params, ramdisk) == BP_RAMDISK, "");
_Static_assert(offsetof(struct boot_params, e820) == BP_E820, "");
_Static_assert(offsetof(struct boot_params, cmdline) == BP_CMDLINE, "");
#endif
#endif
