/*
 * Core files: an ELF file with the notes of core_notes.c and the memory of a
 * process, as Linux writes it. Pages that were never written are holes. What
 * the file of a program has anyway is left out, but for its first page: a
 * debugger finds the program by it.
 *
 * Another process may share the memory and change it meanwhile: then the file
 * is not consistent, but ends.
 */
#include <cowix/core.h>
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <abi/elf.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <abi/resource.h>
#include <abi/stat.h>
#include "core.h"

/* Lets others run. Returns false if the file has ended: SIGKILL cuts it. */
static bool goes_on(struct core_file *f)
{
	if (current->work & WORK_RESCHED)
		schedule();
	if (current->process->group_work & GROUP_KILL)
		f->ended = true;
	return !f->ended;
}

/*
 * Returns the first of current's areas that ends above *at, which moves to its
 * end. Returns NULL behind the last, or if the file has ended. The caller may
 * sleep in between.
 */
struct vm_area *next_core_area(struct core_file *f, u32 *at)
{
	struct vm_area *area = NULL;

	if (goes_on(f))
		area = area_above(current->mm, *at);
	if (area)
		*at = area->end;
	return area;
}

/* Adds n bytes to the file, or nothing any more when it has ended. */
void core_write(struct core_file *f, const void *buf, u32 n)
{
	loff_t pos = f->pos;

	f->pos += n;
	if (!f->inode || !goes_on(f))
		return;
	f->ended = n > f->limit - f->written;
	if (f->ended)
		return;
	lock_inode(f->inode);
	if (inode_write(f->inode, buf, n, &pos, false) != (int)n)
		f->ended = true;
	unlock_inode(f->inode);
	f->written += n;
}

/* Returns true if a mapping of a file begins like a program. */
static bool begins_program(const struct vm_area *area)
{
	char magic[SELFMAG];

	if (area->offset || !(area->flags & VM_READ))
		return false;
	if (area->object->i_mode & 0111)
		return true;
	return access_memory(area->start, magic, SELFMAG, false, true) ==
		       SELFMAG &&
	       memcmp(magic, ELFMAG, SELFMAG) == 0;
}

/* Returns how much of an area goes into the file, from its start. */
static u32 dumped_bytes(const struct vm_area *area)
{
	u32 size = area->end - area->start;

	if (area->flags & VM_DONTDUMP)
		return 0;
	if (area->flags & VM_SHARED)
		return area->object && area->object->i_nlink ? 0 : size;
	if (!area->ops || was_written(current->mm, area))
		return size;
	return begins_program(area) ? PAGE_SIZE : 0;
}

static u32 count_areas(void)
{
	u32 n = 0;

	list_for_each(node, &current->mm->areas)
		n++;
	return n;
}

static void write_elf_header(struct core_file *f, u32 segments)
{
	struct elf32_ehdr header = {
		.e_ident = ELFMAG, .e_type = ET_CORE, .e_machine = EM_386,
		.e_version = EV_CURRENT, .e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(struct elf32_phdr), .e_phnum = segments,
	};

	header.e_ident[EI_CLASS] = ELFCLASS32;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	core_write(f, &header, sizeof(header));
}

static u32 segment_flags(u32 flags)
{
	return (flags & VM_READ ? PF_R : 0) | (flags & VM_WRITE ? PF_W : 0) |
	       (flags & VM_EXEC ? PF_X : 0);
}

/* Describes `left` areas, whose memory begins at `offset` in the file. */
static void write_segments(struct core_file *f, u32 left, u32 offset)
{
	struct elf32_phdr segment;
	struct vm_area *area;
	u32 at = 0;

	for (area = next_core_area(f, &at); area;
	     area = next_core_area(f, &at)) {
		if (!left--)
			return;
		segment = (struct elf32_phdr){
			.p_type = PT_LOAD, .p_offset = offset,
			.p_vaddr = area->start,
			.p_memsz = area->end - area->start,
			.p_flags = segment_flags(area->flags),
			.p_align = PAGE_SIZE,
		};
		segment.p_filesz = dumped_bytes(area);
		offset += segment.p_filesz;
		core_write(f, &segment, sizeof(segment));
	}
	memset(&segment, 0, sizeof(segment));
	while (left--)
		core_write(f, &segment, sizeof(segment));
}

/* Writes [start, end) of the memory. What cannot be read becomes a hole. */
static void write_page_range(struct core_file *f, u32 start, u32 end)
{
	for (u32 addr = start; addr < end && goes_on(f); addr += PAGE_SIZE)
		if (is_untouched(current->mm, addr) ||
		    access_page(addr, f->page, PAGE_SIZE, false, true) < 0)
			f->pos += PAGE_SIZE;
		else
			core_write(f, f->page, PAGE_SIZE);
}

static void write_memory(struct core_file *f)
{
	struct vm_area *area;
	u32 hole, at = 0;

	for (area = next_core_area(f, &at); area;
	     area = next_core_area(f, &at)) {
		u32 start = area->start;

		write_page_range(f, start, start + dumped_bytes(area));
	}
	hole = f->inode->i_size < f->pos;
	f->pos -= hole;			/* the last byte makes the file whole */
	core_write(f, "", hole);
}

/* Writes the whole file. */
static void write_file_of(struct core_file *f)
{
	struct core_file measure = { .page = f->page, .sig = f->sig,
				     .source = f->source };
	u32 areas = count_areas();
	struct elf32_phdr notes = {
		.p_type = PT_NOTE, .p_align = 4,
		.p_offset = sizeof(struct elf32_ehdr) +
			    (1 + areas) * sizeof(struct elf32_phdr),
	};

	write_notes(&measure);
	notes.p_filesz = measure.pos;
	write_elf_header(f, 1 + areas);
	core_write(f, &notes, sizeof(notes));
	write_segments(f, areas,
		       PAGE_ROUND_UP(notes.p_offset + notes.p_filesz));
	write_notes(f);
	f->pos = PAGE_ROUND_UP(f->pos);
	write_memory(f);
}

/* Gives back what open_inode() gave. */
static void close_core(struct inode *inode)
{
	inode->i_writers--;
	iput(inode);
}

/*
 * Writes the core file of current's process. It is new: what has its name is
 * unlinked, so nobody has it open. Called by exit_with_core().
 */
bool write_core(int sig, const struct signal_source *source)
{
	const struct rlimit *limits = current->process->rlimits;
	struct core_file f = {
		.limit = min_u32(limits[RLIMIT_CORE].rlim_cur,
				 limits[RLIMIT_FSIZE].rlim_cur),
		.page = kpage_alloc(OWNER_CALL), .sig = sig, .source = source,
	};
	int error = -ENOMEM;

	if (f.page) {
		kernel_unlink("core");
		error = open_inode(AT_FDCWD, "core", O_CREAT | O_EXCL | O_RDWR,
				   0600, &f.inode);
	}

	if (!error) {
		write_file_of(&f);
		close_core(f.inode);
	}
	if (f.page)
		kpage_free(f.page);
	return !error;
}
