/*
 * Thread-local storage: three GDT entries belong to the running task. A C
 * library asks set_thread_area() for one and loads GS with its selector; the
 * entries are exchanged at a switch.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include <abi/ldt.h>
#include <asm/segment.h>

/*
 * A data segment descriptor of privilege level 3 (Intel SDM volume 3, "Segment
 * Descriptors").
 */
#define DESC_DATA_DPL3	(0x70ull << 40)		/* code or data, DPL 3 */
#define DESC_PRESENT	(1ull << 47)
#define DESC_WRITABLE	(1ull << 41)
#define DESC_EXPAND_DOWN (1ull << 42)
#define DESC_CODE	(1ull << 43)
#define DESC_AVAILABLE	(1ull << 52)
#define DESC_32BIT	(1ull << 54)
#define DESC_PAGES	(1ull << 55)

/*
 * No segment at all: nothing but "read-only" and "not present" is said, or
 * nothing whatever.
 */
static bool empty(const struct user_desc *d)
{
	return d->base_addr == 0 && d->limit == 0 && d->contents == 0 &&
	       d->read_exec_only == d->seg_not_present && !d->seg_32bit &&
	       !d->limit_in_pages && !d->useable;
}

/* What a program may have: data segments of 32 bits, which are there. */
static bool valid(const struct user_desc *d)
{
	return empty(d) ||
	       (d->seg_32bit && d->contents < 2 && !d->seg_not_present);
}

static u64 to_descriptor(const struct user_desc *d)
{
	if (empty(d))
		return 0;
	return DESC_DATA_DPL3 | (d->limit & 0xFFFF) |
	       (u64)(d->limit >> 16 & 0xF) << 48 |
	       (u64)(d->base_addr & 0xFFFFFF) << 16 |
	       (u64)(d->base_addr >> 24) << 56 |
	       (d->seg_not_present ? 0 : DESC_PRESENT) |
	       (d->read_exec_only ? 0 : DESC_WRITABLE) |
	       (u64)d->contents << 42 | (d->seg_32bit ? DESC_32BIT : 0) |
	       (d->limit_in_pages ? DESC_PAGES : 0) |
	       (d->useable ? DESC_AVAILABLE : 0);
}

static void from_descriptor(struct user_desc *d, u64 desc)
{
	u32 number = d->entry_number;

	*d = (struct user_desc){
		.entry_number = number,
		.base_addr = (u32)(desc >> 16 & 0xFFFFFF) | (u32)(desc >> 56)
								    << 24,
		.limit = (u32)(desc & 0xFFFF) | ((u32)(desc >> 48) & 0xF) << 16,
		.seg_32bit = (desc & DESC_32BIT) != 0,
		.contents = (desc & (DESC_CODE | DESC_EXPAND_DOWN)) >> 42,
		.read_exec_only = !(desc & DESC_WRITABLE),
		.limit_in_pages = (desc & DESC_PAGES) != 0,
		.seg_not_present = !(desc & DESC_PRESENT),
		.useable = (desc & DESC_AVAILABLE) != 0,
	};
}

/* A task's free entry, as an index into tls[]; -ESRCH: all three are in use. */
static int free_entry(const struct task_struct *task)
{
	for (u32 i = 0; i < TLS_ENTRIES; i++)
		if (!task->tls[i])
			return i;
	return -ESRCH;
}

/*
 * Set an entry of task's; entry_number -1 takes a free one and tells the
 * program which. Also called by clone.
 */
int set_thread_area(struct task_struct *task,
		    struct user_desc __user *user_desc, bool may_allocate)
{
	struct user_desc d;
	int index, error = copy_from_user(&d, user_desc, sizeof(d));

	if (error)
		return error;
	index = d.entry_number - TLS_SELECTOR / 8;
	if (d.entry_number == -1u && may_allocate) {
		index = free_entry(task);
		if (index < 0)
			return index;
		error = put_user_u32(index + TLS_SELECTOR / 8,
				     &user_desc->entry_number);
	}
	if (index < 0 || index >= TLS_ENTRIES || !valid(&d))
		return -EINVAL;
	if (error)
		return error;
	task->tls[index] = to_descriptor(&d);
	task->uses_tls = true;
	if (task == current)
		load_tls(task->tls);
	return 0;
}

int sys_set_thread_area(struct user_desc __user *user_desc)
{
	return set_thread_area(current, user_desc, true);
}

int sys_get_thread_area(struct user_desc __user *user_desc)
{
	struct user_desc d;
	u32 index;
	int error = copy_from_user(&d, user_desc, sizeof(d));

	if (error)
		return error;
	index = d.entry_number - TLS_SELECTOR / 8;
	if (index >= TLS_ENTRIES)
		return -EINVAL;
	from_descriptor(&d, current->tls[index]);
	return copy_to_user(user_desc, &d, sizeof(d));
}

/*
 * There are no local descriptor tables: the old call reads an empty one and
 * refuses to write.
 */
int sys_modify_ldt(int function, void __user *buf, u32 size)
{
	(void)buf;
	(void)size;
	return function == 0 ? 0 : -ENOSYS;
}

/* exec: the new program has none. */
void tls_clear(struct task_struct *task)
{
	memset(task->tls, 0, sizeof(task->tls));
	load_tls(task->tls);
	task->uses_tls = false;
}
