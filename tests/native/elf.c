/*
 * ELF programs and interpreters. The input is the file. What is mapped must be
 * what map_area() and the page fault rely on.
 * Sources: fs/elf.c
 */
#include <cowix/kernel.h>
#include <fs/exec.h>
#include <abi/errno.h>
#include "native.h"

static const u8 *file;

const struct vm_ops file_vm_ops;

bool overcommitted(u32 bytes)
{
	must(bytes > 0);
	return bytes > 0x40000000;
}

u32 find_gap(struct mm *mm, u32 size)
{
	(void)mm;
	return size < 0x20000000 ? MMAP_TOP - PAGE_ROUND_UP(size) : 0;
}

int kernel_read(struct inode *inode, u32 offset, void *buf, u32 n)
{
	if (offset >= inode->i_size)
		return 0;
	n = min_u32(n, inode->i_size - offset);
	memcpy(buf, file + offset, n);
	return n;
}

/* Checks an area as the real one does, and what it takes for granted. */
int map_area(struct mm *mm, const struct vm_area *a)
{
	(void)mm;
	if (a->start >= a->end || a->end > TASK_SIZE || a->start < PAGE_SIZE)
		return -EINVAL;
	must(!OFFSET_IN_PAGE(a->start) && !OFFSET_IN_PAGE(a->end));
	must(a->end <= MMAP_TOP);
	must(!a->object == !a->ops);
	if (a->ops)
		must(!OFFSET_IN_PAGE(a->offset) && a->file_end > a->start &&
		     a->file_end <= a->end &&
		     a->offset <= ((struct inode *)a->object)->i_size);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static char path[PAGE_SIZE];
	static struct mm mm;
	struct inode inode = { .i_size = size };
	struct program p = { .inode = &inode, .mm = &mm };

	file = data;
	memcpy(p.header, data, min_u32(size, HEADER_SIZE));
	if (load_elf(&p, path) == 0)
		must(memchr(path, '\0', PAGE_SIZE) && mm.brk <= MMAP_TOP &&
		     mm.start_code <= mm.end_code);
	load_interpreter(&p, &inode);
	return 0;
}
