/* The parts of fs/, each registered with those that it serves. */
#include <cowix/core.h>
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/stat.h>
#include "fs/proc/proc.h"

/* Takes the memory of the hash tables. Called once by start_kernel. */
void fs_tables_init(void)
{
	buffer_init();
	page_cache_init();
	inode_init();
	epoll_init();
}

/* Called once by start_kernel. */
void fs_init(void)
{
	register_file_ops(S_IFREG, &regular_fops);
	register_file_ops(S_IFCHR, &chrdev_fops);
	register_file_ops(S_IFBLK, &blkdev_fops);
	register_file_ops(S_IFIFO, &fifo_fops);
	register_owner(recount_pages);
	register_owner(recount_pipes);
	register_owner(recount_media);
	register_owner(recount_minix);
	set_reclaim(reclaim_caches);
	core_writer = write_core;
	register_file_system(&proc_type);
	register_file_system(&tmpfs_type);
	register_file_system(&devpts_type);
	register_file_system(&minix_type);
	proc_register(proc_system_entries);
	proc_register_task(proc_task_entries);
	if (tmpfs_init() < 0)
		panic("fs_init: no memory");
}
