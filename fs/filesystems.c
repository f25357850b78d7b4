/* The types of file systems that mount() knows. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <abi/mount.h>
#include "proc.h"

static const struct file_system_type types[] = {
	{ "proc", false, MS_RDONLY, proc_read_super },
	{ "tmpfs", false, 0, tmpfs_read_super },
	{ "devpts", false, MS_RDONLY, devpts_read_super },
	{ "minix", true, 0, minix_read_super },
};

const struct file_system_type *find_file_system(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

/* /proc/filesystems */
void show_filesystems(struct seq *s)
{
	for (u32 i = 0; i < ARRAY_SIZE(types); i++)
		seq_printf(s, "%s\t%s\n", types[i].needs_device ? "" : "nodev", types[i].name);
}
