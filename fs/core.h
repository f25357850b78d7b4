/* Shared by core.c and core_notes.c. */
#ifndef FS_CORE_H
#define FS_CORE_H

#include <cowix/fs.h>
#include <cowix/mm.h>
#include <cowix/signal.h>

/* A core file that is being written. Without an inode it is only measured. */
struct core_file {
	struct inode *inode;
	u32 pos;
	u32 written;			/* bytes, without holes */
	u32 limit;			/* of them */
	bool ended;			/* by the limit or an error */
	u8 *page;			/* scratch, for one piece of the file */
	int sig;
	const struct signal_source *source;
};

/* core.c */
void core_write(struct core_file *f, const void *buf, u32 n);
struct vm_area *next_core_area(struct core_file *f, u32 *at);

/* core_notes.c */
void write_notes(struct core_file *f);

#endif
