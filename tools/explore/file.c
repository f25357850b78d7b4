/*
 * The one file of a world, with as many pages as a process has. Its page cache
 * is an array: so mm/ meets pages that somebody else holds, too, and that
 * vanish when the file is cut. Page n of the file is mapped as page n.
 */
#include <abi/errno.h>
#include <abi/mman.h>
#include "world.h"

static struct file_state *const file = &state.file;
static bool is_locked;
static struct wait_queue unlocked = WAIT_QUEUE_INIT(unlocked);

/* Returns what the file has in a page. */
u8 file_value(u32 page)
{
	u32 frame = file->frame[page];

	return frame ? *(u8 *)__va(frame) : file->disk[page];
}

/* Has the page in the cache, unless another act has done so meanwhile. */
static int read_file_page(u32 page)
{
	u32 *words = kpage_alloc(OWNER_CALL);
	int error = words ? 0 : -ENOMEM;

	if (words && transfer_fails())
		error = -EIO;
	if (!error && page >= file->pages)
		error = -EIO;
	if (error || file->frame[page]) {
		if (words)
			kpage_free(words);
		return error;
	}
	words[0] = words[LAST_WORD] = file->disk[page];
	own_page(__pa(words), OWNER_CACHE);
	file->frame[page] = __pa(words);
	return 0;
}

static int fault_in_file(struct vm_area *area, u32 offset, u32 *frame)
{
	u32 page = offset >> PAGE_SHIFT;
	int error;

	(void)area;
	if (page >= file->pages)
		return -EIO;
	if (!file->frame[page]) {
		error = read_file_page(page);
		if (error)
			return error;
	}
	*frame = file->frame[page];
	page_of(*frame)->count++;
	return 0;
}

static void lock_file(void)
{
	while (is_locked)
		sleep_on(&unlocked);
	is_locked = true;
}

static void unlock_file(void)
{
	is_locked = false;
	wake_up(&unlocked);
}

/*
 * As fs/filemap.c has it: the page is in the cache, and has its block on disk.
 * Who has to wait for the file gives up the address space meanwhile.
 */
static int make_writable(struct vm_area *area, u32 offset)
{
	u32 page = offset >> PAGE_SHIFT;
	int error = -EIO;

	(void)area;
	if (is_locked) {
		mm_unlock(current->mm);
		lock_file();
		unlock_file();
		mm_lock(current->mm);
		return -EAGAIN;
	}
	lock_file();
	if (page < file->pages)
		error = file->frame[page] ? 0 : read_file_page(page);
	if (!error && transfer_fails())
		error = -EIO;
	if (!error)
		file->is_dirty[page] = true;
	unlock_file();
	return error;
}

static u32 holds(const struct vm_area *area, u32 offset, u32 frame)
{
	(void)area;
	return file->frame[offset >> PAGE_SHIFT] == frame ? HOLDS_COPY
							  : HOLDS_OTHER;
}

static void map_around(struct mm *mm, const struct vm_area *area, u32 offset)
{
	for (u32 page = 0; page < config->pages; page++) {
		u32 at = page << PAGE_SHIFT;

		if (at != offset && file->frame[page] && at >= area->offset &&
		    at - area->offset < whole_pages(area))
			map_neighbour(mm, area, at, file->frame[page]);
	}
}

static void open_area(struct vm_area *area)
{
	(void)area;
	file->areas++;
}

static void close_area(struct vm_area *area)
{
	(void)area;
	file->areas--;
}

static const struct vm_ops file_ops = {
	.fault = fault_in_file,
	.around = map_around,
	.make_writable = make_writable,
	.holds = holds,
	.open = open_area,
	.close = close_area,
};

/* Only its address is used. */
static struct inode *const object = (struct inode *)&state.file;

enum outcome map_file(const struct act *act)
{
	struct vm_area area = { .flags = VM_READ | VM_WRITE, .ops = &file_ops,
				.object = object,
				.offset = act->page << PAGE_SHIFT };
	u32 addr = address_of(act->page), n = act->other + 1;
	int result;

	if (act->op == FILE_SHARED)
		area.flags |= VM_SHARED | VM_MAY_WRITE;
	mm_lock(current->mm);		/* as fs/filemap.c has it */
	result = do_mmap(&area, addr, n * PAGE_SIZE, MAP_FIXED);
	mm_unlock(current->mm);
	if (result != (int)addr)
		return failed_call(result);
	for (u32 page = act->page; page < act->page + n; page++) {
		state.protection[act->who][page] = VM_READ | VM_WRITE;
		state.value[act->who][page] = 0;
		state.kind[act->who][page] =
			act->op == FILE_SHARED ? SHARED_PAGE : PRIVATE_PAGE;
	}
	return DONE;
}

static void forget_page(u32 page)
{
	u32 frame = file->frame[page];

	file->frame[page] = 0;
	file->is_dirty[page] = false;
	if (frame)
		free_page(frame);
}

/* Private copies of what is cut off go as well, as Unix has it. */
static void cut_file(void)
{
	file->pages = 0;
	unmap_object(object, 0);
	for (u32 page = 0; page < config->pages; page++) {
		forget_page(page);
		file->disk[page] = 0;
	}
	for (u32 i = 0; i < PROCESSES * PAGES; i++)
		if (state.kind[i / PAGES][i % PAGES] == OWN_COPY) {
			state.kind[i / PAGES][i % PAGES] = PRIVATE_PAGE;
			state.value[i / PAGES][i % PAGES] = 0;
		}
}

/* A hole in the file: private copies stay. */
static void punch_file(void)
{
	unmap_hole(object, 0, config->pages << PAGE_SHIFT);
	for (u32 page = 0; page < config->pages; page++) {
		forget_page(page);
		file->disk[page] = 0;
	}
}

/* write() changes the page in the cache, or on disk. */
static void write_file(u32 page, u8 value)
{
	u32 *words = __va(file->frame[page]);

	if (file->frame[page]) {
		words[0] = words[LAST_WORD] = value;
		file->is_dirty[page] = true;
	} else {
		file->disk[page] = value;
	}
}

/* The cache gives up a page if nobody has it. */
static void give_up_page(u32 page)
{
	if (!file->frame[page] || page_of(file->frame[page])->count > 1)
		return;
	file->disk[page] = file_value(page);
	forget_page(page);
}

enum outcome change_file(const struct act *act)
{
	lock_file();
	switch (act->op) {
	case CUT_FILE:
		cut_file();
		break;
	case GROW_FILE:
		file->pages = config->pages;
		break;
	case PUNCH_FILE:
		punch_file();
		break;
	case WRITE_FILE:
		write_file(act->page, new_value());
		break;
	case FORGET_FILE:
		give_up_page(act->page);
		break;
	}
	unlock_file();
	return DONE;
}

bool can_change_file(const struct act *act)
{
	u32 frame = file->frame[act->page];

	if (act->who)		/* it does not matter who does it */
		return false;
	if (act->op == GROW_FILE)
		return !file->pages;
	if (act->op == FORGET_FILE)
		return frame && page_of(frame)->count == 1;
	return file->pages;
}

static void recount_file(found_page *found)
{
	for (u32 page = 0; page < config->pages; page++)
		if (file->frame[page])
			found(OWNER_CACHE, __va(file->frame[page]));
}

void start_file(void)
{
	file->pages = config->pages;
	register_owner(recount_file);
}

/* Returns what a process should find in a page, whatever it may do with it. */
u8 expected_value(u32 who, u32 page)
{
	u8 kind = state.kind[who][page];

	return kind == SHARED_PAGE || kind == PRIVATE_PAGE
		       ? file_value(page)
		       : state.value[who][page];
}
