/*
 * Thread-local storage: three GDT entries belong to the running task. A C
 * library asks set_thread_area() for one and loads GS with its selector.
 * context_switch() exchanges the entries.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <cowix/traps.h>
#include <abi/errno.h>
#include <abi/ldt.h>
#include <asm/segment.h>
#include "kernel/kernel_internal.h"

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
 * Returns true if a description means no segment at all: all members are 0, or
 * all but "read-only" and "not present".
 */
static bool desc_empty(const struct user_desc *d)
{
	return d->base_addr == 0 && d->limit == 0 && d->contents == 0 &&
	       d->read_exec_only == d->seg_not_present && !d->seg_32bit &&
	       !d->limit_in_pages && !d->useable;
}

/* Returns true if a program may have it: a 32-bit data segment, or none. */
static bool desc_allowed(const struct user_desc *d)
{
	return desc_empty(d) ||
	       (d->seg_32bit && d->contents < 2 && !d->seg_not_present);
}

/* Returns the GDT entry for a description. */
static u64 to_descriptor(const struct user_desc *d)
{
	u64 desc = DESC_DATA_DPL3;

	if (desc_empty(d))
		return 0;
	desc |= d->limit & 0xFFFF;
	desc |= (u64)(d->limit >> 16 & 0xF) << 48;
	desc |= (u64)(d->base_addr & 0xFFFFFF) << 16;
	desc |= (u64)(d->base_addr >> 24) << 56;
	desc |= (u64)d->contents << 42;
	if (!d->seg_not_present)
		desc |= DESC_PRESENT;
	if (!d->read_exec_only)
		desc |= DESC_WRITABLE;
	if (d->seg_32bit)
		desc |= DESC_32BIT;
	if (d->limit_in_pages)
		desc |= DESC_PAGES;
	if (d->useable)
		desc |= DESC_AVAILABLE;
	return desc;
}

/* Fills in the description of a GDT entry; d->entry_number stays. */
static void from_descriptor(struct user_desc *d, u64 desc)
{
	u32 low = (u32)desc, high = (u32)(desc >> 32);

	*d = (struct user_desc){
		.entry_number = d->entry_number,
		.base_addr = low >> 16 | (high & 0xFF) << 16 |
			     (high & 0xFF000000),
		.limit = (low & 0xFFFF) | (high & 0xF0000),
		.seg_32bit = (desc & DESC_32BIT) != 0,
		.contents = (desc & (DESC_CODE | DESC_EXPAND_DOWN)) >> 42,
		.read_exec_only = !(desc & DESC_WRITABLE),
		.limit_in_pages = (desc & DESC_PAGES) != 0,
		.seg_not_present = !(desc & DESC_PRESENT),
		.useable = (desc & DESC_AVAILABLE) != 0,
	};
}

/* Returns the index of a free entry in a task's tls[], or -ESRCH. */
static int free_tls_entry(const struct task_struct *task)
{
	for (u32 i = 0; i < TLS_ENTRIES; i++)
		if (!task->tls[i])
			return i;
	return -ESRCH;
}

/* Sets a TLS entry of a task, which may be current. */
static void store_tls(struct task_struct *task, u32 index,
		      const struct user_desc *d)
{
	task->tls[index] = to_descriptor(d);
	task->switches_more = true;
	if (task == current)
		load_tls(task->tls);
}

/*
 * Sets a TLS entry of a task as the program's description says. If that has the
 * number -1 and may_allocate is set, a free entry is taken and the program is
 * told which. Returns 0, -EFAULT, -EINVAL, -ESRCH or -ENOMEM. Called also by
 * clone.
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
		index = free_tls_entry(task);
		if (index < 0)
			return index;
		error = put_user_u32(index + TLS_SELECTOR / 8,
				     &user_desc->entry_number);
	}
	if (index < 0 || index >= TLS_ENTRIES || !desc_allowed(&d))
		return -EINVAL;
	if (error)
		return error;
	store_tls(task, index, &d);
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
 * There are no local descriptor tables: the call reads an empty one and refuses
 * to write.
 */
int sys_modify_ldt(int function, void __user *buf, u32 size)
{
	(void)buf;
	(void)size;
	return function == 0 ? 0 : -ENOSYS;
}

/* Describes all entries of a task. Called for tracers and core files. */
void get_tls(const struct task_struct *task, struct user_desc *to)
{
	for (u32 i = 0; i < TLS_ENTRIES; i++) {
		to[i].entry_number = TLS_SELECTOR / 8 + i;
		from_descriptor(&to[i], task->tls[i]);
	}
}

/* Sets all entries of a tracee. Returns 0, or -EINVAL and sets none. */
int set_tls(struct task_struct *task, const struct user_desc *from)
{
	for (u32 i = 0; i < TLS_ENTRIES; i++)
		if (!desc_allowed(&from[i]))
			return -EINVAL;
	for (u32 i = 0; i < TLS_ENTRIES; i++)
		store_tls(task, i, &from[i]);
	return 0;
}

/* Tells or, as its tracer wants it, sets entry `number` of a tracee. */
int tracee_thread_area(struct task_struct *task, u32 number,
		       struct user_desc __user *user_desc, bool set)
{
	struct user_desc all[TLS_ENTRIES];
	u32 index = number - TLS_SELECTOR / 8;
	int pid = task->pid;

	if ((s32)number < 0)
		return -EIO;
	if (index >= TLS_ENTRIES)
		return -EINVAL;
	get_tls(task, all);
	if (!set)
		return copy_to_user(user_desc, &all[index], sizeof(all[0]));
	if (copy_from_user(&all[index], user_desc, sizeof(all[0])) < 0)
		return -EFAULT;
	task = stopped_tracee(pid);
	return task ? set_tls(task, all) : -ESRCH;
}

/* Takes all entries away. Called by exec. */
void tls_clear(struct task_struct *task)
{
	memset(task->tls, 0, sizeof(task->tls));
	load_tls(task->tls);
	task->switches_more = false;
}
