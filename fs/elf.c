/*
 * Loads ELF32 programs for the i386 (Tool Interface Standard, ELF 1.2; System V
 * ABI, "Program Loading"). Loading only makes areas; pages are read on demand.
 * docs/exec.md draws what comes of it. The files cannot be trusted: each size
 * and sum is checked before it is used.
 */
#include <cowix/kernel.h>
#include <cowix/swap.h>
#include <abi/errno.h>
#include "exec.h"

#define PHDRS_MAX	40u	/* their table then fits one kmalloc object */
#define MAIN_BASE	0x56555000u	/* of a program that may lie anywhere */
#define ALIGN_MAX	(1u << 30)	/* added to any size it does not wrap */

/* An ELF file that is being loaded: a program, or its interpreter. */
struct image {
	struct inode *inode;
	const struct elf32_ehdr *header;
	struct elf32_phdr *phdrs;
	u32 first, end;		/* of its segments, as linked */
	u32 code, code_end;	/* of those that are code */
	u32 align;		/* of its addresses, a power of two */
	u32 bias;		/* what is added to an address as linked */
};

static bool good_elf_header(const struct elf32_ehdr *h)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 &&
	       h->e_ident[EI_CLASS] == ELFCLASS32 &&
	       h->e_ident[EI_DATA] == ELFDATA2LSB &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN) &&
	       h->e_machine == EM_386 &&
	       h->e_phentsize == sizeof(struct elf32_phdr) && h->e_phnum > 0 &&
	       h->e_phnum <= PHDRS_MAX;
}

/* Returns true if the segment's bytes lie in the file and can be mapped. */
static bool good_bytes(const struct elf32_phdr *ph, u32 file_size)
{
	return ph->p_offset <= file_size &&
	       ph->p_filesz <= file_size - ph->p_offset &&
	       OFFSET_IN_PAGE(ph->p_vaddr) == OFFSET_IN_PAGE(ph->p_offset);
}

/*
 * Returns true if the segment can be mapped, its addresses lie below MMAP_TOP,
 * and no sum overflows. Where there are no bytes, their offset does not matter.
 */
static bool good_segment(const struct elf32_phdr *ph, u32 file_size)
{
	return ph->p_filesz <= ph->p_memsz && ph->p_vaddr < MMAP_TOP &&
	       ph->p_memsz <= MMAP_TOP - ph->p_vaddr &&
	       (ph->p_filesz == 0 || good_bytes(ph, file_size));
}

/* Returns the i-th program header if it is a segment to be loaded, or NULL. */
static const struct elf32_phdr *segment_of(const struct image *image, u32 i)
{
	const struct elf32_phdr *ph = &image->phdrs[i];

	return ph->p_type == PT_LOAD && ph->p_memsz > 0 ? ph : NULL;
}

/* Returns the first program header of a type, or NULL. */
static const struct elf32_phdr *find_phdr(const struct image *image, u32 type)
{
	for (u32 i = 0; i < image->header->e_phnum; i++)
		if (image->phdrs[i].p_type == type)
			return &image->phdrs[i];
	return NULL;
}

/* Makes the image's addresses include those of a segment. */
static void add_segment(struct image *image, const struct elf32_phdr *ph)
{
	u32 end = ph->p_vaddr + ph->p_memsz;

	image->first = min_u32(image->first, PAGE_ROUND_DOWN(ph->p_vaddr));
	image->end = max_u32(image->end, PAGE_ROUND_UP(end));
	if ((ph->p_align & (ph->p_align - 1)) == 0)
		image->align = max_u32(image->align, ph->p_align);
	if (ph->p_flags & PF_X) {
		image->code = min_u32(image->code, ph->p_vaddr);
		image->code_end = max_u32(image->code_end, end);
	}
}

/* Checks all segments, and finds out how much room they need together. */
static int measure_segments(struct image *image)
{
	image->first = image->code = MMAP_TOP;
	image->align = PAGE_SIZE;
	for (u32 i = 0; i < image->header->e_phnum; i++) {
		const struct elf32_phdr *ph = segment_of(image, i);

		if (ph && !good_segment(ph, image->inode->i_size))
			return -ENOEXEC;
		if (ph)
			add_segment(image, ph);
	}
	if (!image->code_end)	/* none is code: all that can be read runs */
		image->code = image->code_end = image->first;
	return image->end ? 0 : -ENOEXEC;
}

/*
 * Reads the program headers; close_image() frees them. Returns -ENOEXEC if the
 * file is no ELF file that can be loaded.
 */
static int open_image(struct image *image, struct inode *inode,
		      const void *header)
{
	u32 size;
	int n;

	*image = (struct image){ .inode = inode, .header = header };
	if (!good_elf_header(header))
		return -ENOEXEC;
	size = image->header->e_phnum * sizeof(*image->phdrs);
	image->phdrs = kmalloc(size);
	if (!image->phdrs)
		return -ENOMEM;
	n = kernel_read(inode, image->header->e_phoff, image->phdrs, size);
	if (n < 0)
		return n;
	return (u32)n == size ? measure_segments(image) : -ENOEXEC;
}

static void close_image(struct image *image)
{
	kfree(image->phdrs);
}

/* Returns how much room an image of type ET_DYN needs so that it is aligned. */
static u32 room_for(const struct image *image)
{
	return image->end - image->first + image->align - PAGE_SIZE;
}

/*
 * Chooses the bias with which an image of type ET_DYN begins at place or, to be
 * aligned, a little above. Returns -ENOMEM if place is 0 or has no room for it.
 */
static int move_image(struct image *image, u32 place)
{
	u32 mask = image->align - 1;

	if (!place || image->align > ALIGN_MAX ||
	    room_for(image) > MMAP_TOP - place)
		return -ENOMEM;
	image->bias = (place - image->first + mask) & ~mask;
	return 0;
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

/*
 * Maps one PT_LOAD segment: an area of the file's bytes, then zeroes (.bss).
 * One without bytes has no file.
 */
static int map_segment(struct mm *mm, const struct image *image,
		       const struct elf32_phdr *ph)
{
	u32 at = ph->p_vaddr + image->bias;
	struct vm_area area = {
		.start = PAGE_ROUND_DOWN(at),
		.end = PAGE_ROUND_UP(at + ph->p_memsz),
		.flags = segment_area_flags(ph->p_flags),
	};

	if (area.flags & VM_WRITE && overcommitted(area.end - area.start))
		return -ENOMEM;
	if (ph->p_filesz > 0) {
		area.ops = &file_vm_ops;
		area.object = image->inode;
		area.offset = PAGE_ROUND_DOWN(ph->p_offset);
		area.file_end = ph->p_filesz < ph->p_memsz ? at + ph->p_filesz
							   : area.end;
	}
	return map_area(mm, &area);
}

/* Maps all segments. Returns -ENOEXEC if they do not fit beside each other. */
static int map_image(struct mm *mm, const struct image *image)
{
	int error = 0;

	for (u32 i = 0; i < image->header->e_phnum && !error; i++) {
		const struct elf32_phdr *ph = segment_of(image, i);

		if (ph)
			error = map_segment(mm, image, ph);
	}
	return error == -EINVAL ? -ENOEXEC : error;
}

/*
 * Returns where the program headers are in memory, for AT_PHDR, or 0 if no
 * segment holds their part of the file.
 */
static u32 phdrs_address(const struct image *image)
{
	u32 at = image->header->e_phoff;

	for (u32 i = 0; i < image->header->e_phnum; i++) {
		const struct elf32_phdr *ph = segment_of(image, i);

		if (ph && at >= ph->p_offset &&
		    at - ph->p_offset < ph->p_filesz)
			return image->bias + ph->p_vaddr + at - ph->p_offset;
	}
	return 0;
}

/* Notes what a program and others are told of the image: main is mapped. */
static void note_main(struct program *p, const struct image *image)
{
	const struct elf32_phdr *stack = find_phdr(image, PT_GNU_STACK);
	struct mm *mm = p->mm;

	mm->start_code = image->code + image->bias;
	mm->end_code = image->code_end + image->bias;
	mm->start_brk = mm->brk = image->end + image->bias;
	p->start = p->entry = image->header->e_entry + image->bias;
	p->phdr_addr = phdrs_address(image);
	p->phdr_count = image->header->e_phnum;
	p->stack_exec = !stack || stack->p_flags & PF_X;
}

/* Maps the program itself, with the heap behind it. */
static int map_main(struct program *p, struct image *image)
{
	int error = 0;

	if (image->header->e_type == ET_DYN)
		error = move_image(image, MAIN_BASE);
	if (!error)
		error = map_image(p->mm, image);
	if (!error)
		note_main(p, image);
	return error;
}

/*
 * Reads the path of the interpreter that the program names, "" if it names
 * none, to path, a page.
 */
static int read_interpreter(const struct image *image, char *path)
{
	const struct elf32_phdr *ph = find_phdr(image, PT_INTERP);
	int n;

	*path = '\0';
	if (!ph)
		return 0;
	if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX)
		return -ENOEXEC;
	n = kernel_read(image->inode, ph->p_offset, path, ph->p_filesz);
	if (n < 0)
		return n;
	if ((u32)n < ph->p_filesz)
		return -EIO;
	if (path[n - 1])
		return -ENOEXEC;
	return *path ? 0 : -EACCES;	/* to Linux a directory */
}

/*
 * Maps the segments of p->inode into p->mm, which is empty but for the stack.
 * Called by exec, which frees the mm on an error. Stores to path, a page, that
 * of the interpreter to be loaded too, or "". Returns -ENOEXEC if the file is
 * no ELF program that can run.
 */
int load_elf(struct program *p, char *path)
{
	struct image image;
	int error = open_image(&image, p->inode, p->header);

	if (!error)
		error = read_interpreter(&image, path);
	if (!error)
		error = map_main(p, &image);
	close_image(&image);
	return error;
}

/*
 * Maps the interpreter (the dynamic linker) from a file whose first bytes are
 * in p->header. It runs first, and finds the program by the auxiliary vector.
 * Returns -ELIBBAD if it is none; an interpreter of its own does not matter.
 */
int load_interpreter(struct program *p, struct inode *inode)
{
	struct image image;
	int error;

	if (inode->i_size < sizeof(struct elf32_ehdr))
		return -EIO;
	error = open_image(&image, inode, p->header);
	if (!error && image.header->e_type == ET_DYN)
		error = move_image(&image, find_gap(p->mm, room_for(&image)));
	if (!error)
		error = map_image(p->mm, &image);
	if (!error) {
		p->start = image.header->e_entry + image.bias;
		p->interpreter_base = image.bias;
	}
	close_image(&image);
	return error == -ENOEXEC ? -ELIBBAD : error;
}
