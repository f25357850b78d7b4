/*
 * Loads statically linked ELF32 programs for the i386 (Tool Interface Standard,
 * ELF 1.2). Loading only makes areas; pages are read on demand. The file cannot
 * be trusted: each size and sum is checked before it is used.
 */
#include <cowix/kernel.h>
#include <cowix/swap.h>
#include <abi/errno.h>
#include "exec.h"

#define PHDRS_MAX	40u	/* their table then fits one kmalloc object */

static bool good_elf_header(const struct elf32_ehdr *h)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 &&
	       h->e_ident[EI_CLASS] == ELFCLASS32 &&
	       h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_type == ET_EXEC &&
	       h->e_machine == EM_386 &&
	       h->e_phentsize == sizeof(struct elf32_phdr) && h->e_phnum > 0 &&
	       h->e_phnum <= PHDRS_MAX;
}

/*
 * Returns true if the segment's bytes lie in the file, its addresses lie in
 * user space below MMAP_TOP, and no sum overflows.
 */
static bool good_segment(const struct elf32_phdr *ph, u32 file_size)
{
	return ph->p_filesz <= ph->p_memsz && ph->p_offset <= file_size &&
	       ph->p_filesz <= file_size - ph->p_offset &&
	       ph->p_vaddr >= PAGE_SIZE && ph->p_vaddr < MMAP_TOP &&
	       ph->p_memsz <= MMAP_TOP - ph->p_vaddr &&
	       OFFSET_IN_PAGE(ph->p_vaddr) == OFFSET_IN_PAGE(ph->p_offset);
}

static u32 segment_area_flags(u32 segment_flags)
{
	u32 flags = VM_PROGRAM;

	if (segment_flags & PF_R)
		flags |= VM_READ;
	if (segment_flags & PF_W)
		flags |= VM_WRITE;
	if (segment_flags & PF_X)
		flags |= VM_EXEC;
	return flags;
}

/* Maps one PT_LOAD segment: one area with file bytes, then zeroes (.bss). */
static int map_segment(struct program *program, const struct elf32_phdr *ph)
{
	struct vm_area area = {
		.start = PAGE_ROUND_DOWN(ph->p_vaddr),
		.end = PAGE_ROUND_UP(ph->p_vaddr + ph->p_memsz),
		.flags = segment_area_flags(ph->p_flags),
		.ops = &file_vm_ops,
		.object = program->inode,
		.offset = PAGE_ROUND_DOWN(ph->p_offset),
	};

	area.file_end = area.end;
	if (ph->p_filesz < ph->p_memsz)
		area.file_end = ph->p_vaddr + ph->p_filesz;
	if (area.flags & VM_WRITE && overcommitted(area.end - area.start))
		return -ENOMEM;
	return map_area(program->mm, &area);
}

/*
 * Notes, for AT_PHDR, where the program headers are in memory, if this segment
 * holds their part of the file.
 */
static void note_phdrs(struct program *program, const struct elf32_ehdr *h,
		       const struct elf32_phdr *ph)
{
	if (h->e_phoff >= ph->p_offset &&
	    h->e_phoff - ph->p_offset < ph->p_filesz)
		program->phdr_addr = ph->p_vaddr + h->e_phoff - ph->p_offset;
}

static int map_segments(struct program *program, const struct elf32_ehdr *h,
			const struct elf32_phdr *phdrs)
{
	u32 end = 0;

	for (u32 i = 0; i < h->e_phnum; i++) {
		const struct elf32_phdr *ph = &phdrs[i];
		int error;

		if (ph->p_type == PT_INTERP)
			return -ENOEXEC;	/* dynamically linked */
		if (ph->p_type != PT_LOAD || ph->p_memsz == 0)
			continue;
		if (!good_segment(ph, program->inode->i_size))
			return -ENOEXEC;
		error = map_segment(program, ph);
		if (error)
			return error == -EINVAL ? -ENOEXEC : error;
		note_phdrs(program, h, ph);
		end = max_u32(end, ph->p_vaddr + ph->p_memsz);
	}
	if (end == 0)
		return -ENOEXEC;
	program->mm->start_brk = program->mm->brk = PAGE_ROUND_UP(end);
	return 0;
}

/*
 * Maps the segments of the file into program->mm, which is empty but for the
 * stack. Called by exec, which frees the mm on an error. Returns -ENOEXEC if
 * the file is no ELF program that can run.
 */
int load_elf(struct program *program)
{
	const struct elf32_ehdr *h = (const struct elf32_ehdr *)program->header;
	struct elf32_phdr *phdrs;
	u32 size;
	int n;

	if (!good_elf_header(h))
		return -ENOEXEC;
	size = h->e_phnum * sizeof(*phdrs);
	phdrs = kmalloc(size);
	if (!phdrs)
		return -ENOMEM;
	n = kernel_read(program->inode, h->e_phoff, phdrs, size);
	if (n >= 0)
		n = (u32)n == size ? map_segments(program, h, phdrs) : -ENOEXEC;
	kfree(phdrs);
	program->entry = h->e_entry;
	program->phdr_count = h->e_phnum;
	return n;
}
