/* The types of file systems that mount() knows. */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/seq.h>

static LIST_HEAD(types);

static struct file_system_type *type_at(struct list *node)
{
	return list_entry(node, struct file_system_type, link);
}

void register_file_system(struct file_system_type *type)
{
	list_add_tail(&type->link, &types);
}

/* Returns the type of a name, or NULL. */
const struct file_system_type *find_file_system(const char *name)
{
	list_for_each(node, &types)
		if (strcmp(type_at(node)->name, name) == 0)
			return type_at(node);
	return NULL;
}

/* Shows /proc/filesystems. */
void show_filesystems(struct seq *s)
{
	list_for_each(node, &types)
		seq_printf(s, "%s\t%s\n",
			   type_at(node)->needs_device ? "" : "nodev",
			   type_at(node)->name);
}
