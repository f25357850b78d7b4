/* The block drivers' initialisations, called by blk_init(). */
#ifndef BLK_DRV_INTERNAL_H
#define BLK_DRV_INTERNAL_H

void ramdisk_init(void);
void floppy_init(void);
void hd_init(void);

#endif
