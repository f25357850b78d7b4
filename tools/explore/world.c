/*
 * A machine with few frames, and as much of the kernel around mm/ as that
 * calls. Physical memory lies at KERNEL_BASE in this program's own address
 * space, so that __va() and __pa() hold. A state is saved as what can differ:
 * the static variables of the kernel's files, the first and last words of each
 * frame, and the used part of the frames that hold objects.
 */
#include <abi/errno.h>
#include <cowix/traps.h>
#include "host.h"
#include "world.h"

#define KEPT_WORDS	4u	/* at each end of a frame */
#define SLAB_BYTES	1536u
#define SLOTS		5u	/* of swap */
#define SLOT_BYTES	64u
#define KERNEL_DATA	(6u << 10)
#define KERNEL_PDE	0x00ABC063u	/* stands for the kernel's half */

/* The kernel's own variables, in sections that the Makefile has renamed. */

struct saved {
	struct state state;
	char data[KERNEL_DATA];
	u32 words[FRAMES][2 * KEPT_WORDS];
	u8 slabs[2][SLAB_BYTES], slots[SLOT_BYTES];
};

struct state state;
const struct mm_config *config;
u32 crowd_frame, spare_frame, slab_frames[2], swap_frames[2];

struct task_struct tasks[PROCESSES], second_threads[PROCESSES], kernel_tasks[2];
struct task_struct *current = kernel_tasks, *init_task = kernel_tasks;
LIST_HEAD(all_tasks);
pte_t swapper_pg_dir[PTES_PER_TABLE] ALIGNED(PAGE_SIZE);
bool (*planner)(u32 event);
volatile u32 jiffies;

NORETURN void panic(const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	broken("panic: %s", text);
	give_up();
}

NORETURN void die(const char *what, struct pt_regs *regs, u32 code)
{
	(void)regs;
	panic("%s, code %x", what, code);
}

/* The audit says which rule is broken in its first line. */
void printk(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text[strlen(text) - 1] = 0;
	if (strncmp(text, "audit:", 6) == 0)
		broken("%s", text);
}

struct task_struct *find_task(int pid)
{
	if (pid < 1 || pid > (int)PROCESSES || !state.alive[pid - 1])
		return NULL;
	return &tasks[pid - 1];
}

struct pt_regs *task_regs(struct task_struct *task)
{
	(void)task;
	panic("nobody asks for registers");
}

void send_signal(int sig, struct task_struct *to)
{
	panic("out of memory: signal %d for process %d", sig, to->pid);
}

void at_panic(void (*report)(void))
{
	(void)report;
}

void fs_audit_counts(struct audit_report *report)
{
	(void)report;
}

int sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	(void)ticks;
	sleep_on(q);
	return 0;
}

int interruptible_sleep_on_timeout(struct wait_queue *q, u32 ticks)
{
	return sleep_on_timeout(q, ticks);
}

void schedule(void)
{
}

void yield(void)
{
}

/* Has the list of all tasks and their address spaces say what state says. */
void link_tasks(void)
{
	list_init(&all_tasks);
	for (u32 p = 0; p < config->processes; p++) {
		tasks[p].mm = state.mm[p];
		second_threads[p].mm = state.mm[p];
		if (state.alive[p])
			list_add_tail(&tasks[p].all_link, &all_tasks);
	}
}

/* A process is scheduled, or its second thread while the first one sleeps. */
void run_process(u32 who)
{
	link_tasks();
	current = is_second_thread() ? &second_threads[who] : &tasks[who];
	use_mm(current->mm);
}

/* A task of the kernel's is, which is given no directory of its own. */
void run_kernel(void)
{
	link_tasks();
	current = &kernel_tasks[this_side()];
	current->mm = NULL;
}

/* The disk that swap lies on: the value of each page. */
static void transfer(struct swap_medium *medium, bool write,
		     struct swap_io *io, u32 n)
{
	bool fails;

	(void)medium;
	if (write)
		check_tlb();
	fails = transfer_fails();
	for (u32 i = 0; i < n; i++) {
		u32 *words = __va(io[i].frame);

		io[i].error = fails ? -EIO : 0;
		state.is_bad[io[i].page] |= fails && write;
		if (!fails && write)
			state.disk[io[i].page] = words[0];
		else if (!fails)
			words[0] = words[LAST_WORD] = state.disk[io[i].page];
	}
}

static struct swap_medium medium = { .transfer = transfer, .pages = SLOTS + 1 };

static void start_swap(void)
{
	swap_start(swap_add(&medium));
	/* the page of slots, and before it the one with its address */
	swap_frames[1] = PAGE_ROUND_DOWN(__pa(slot_of(PAGE_SIZE)));
	swap_frames[0] = swap_frames[1] - PAGE_SIZE;
}

static void make_task(struct task_struct *task, int pid)
{
	task->pid = task->tgid = pid;
	task->process = task;
	list_init(&task->threads);
	list_init(&task->all_link);
	for (u32 i = 0; i < RLIM_NLIMITS; i++)
		task->rlimits[i].rlim_cur = task->rlimits[i].rlim_max =
			RLIM_INFINITY;
}

/* Sets up the machine: all frames but the first are free. */
static void start_machine(void)
{
	map_memory((void *)KERNEL_BASE, FRAMES * PAGE_SIZE);
	swapper_pg_dir[PTES_PER_TABLE - 1] = KERNEL_PDE;
	for (u32 p = 0; p < PROCESSES; p++) {
		make_task(&tasks[p], p + 1);
		make_task(&second_threads[p], PROCESSES + p + 1);
	}
	make_task(&kernel_tasks[0], 2 * PROCESSES + 1);
	make_task(&kernel_tasks[1], 2 * PROCESSES + 2);
	mem_map = state.map;
	mem_map[0] = (struct page){ 1, OWNER_BOOT };
	nr_frames = FRAMES;
	kmalloc_init();
	add_range(1, FRAMES);
	nr_ram_frames = nr_free_pages;
	zero_page = get_zeroed_page();
	own_page(zero_page, OWNER_ZERO);
	reclaim_init();
	state.cr3 = __pa(swapper_pg_dir);
}

/* Tells the audit of the frame that is kept for it, unless it has that. */
static void recount_spare(found_page *found)
{
	if (page_owner(spare_frame) == OWNER_DRIVER)
		found(OWNER_DRIVER, __va(spare_frame));
}

/*
 * Takes what stays taken: objects, so that no page of them comes or goes, and a
 * frame for the counters of the audit, even when all others are in use.
 */
static void take_for_good(void)
{
	spare_frame = __pa(kpage_alloc(OWNER_DRIVER));
	register_owner(recount_spare);
	slab_frames[0] = PAGE_ROUND_DOWN(__pa(kmalloc(sizeof(struct mm))));
	slab_frames[1] = PAGE_ROUND_DOWN(__pa(kmalloc(sizeof(struct vm_area))));
}

/* Makes the first process, with all its pages writable and untouched. */
static void make_first_process(void)
{
	struct vm_area area = { .start = address_of(0),
				.end = address_of(config->pages),
				.flags = VM_READ | VM_WRITE };

	memset(state.protection, UNMAPPED, sizeof(state.protection));
	state.mm[0] = mm_alloc();
	state.alive[0] = true;
	state.threads[0] = state.mm[0]->users =
		config->have_two_threads ? 2 : 1;
	map_area(state.mm[0], &area);
	memset(state.protection[0], VM_READ | VM_WRITE, config->pages);
	state.mm[0]->start_brk = address_of(0);
	state.mm[0]->brk = address_of(config->pages);
	state.brk[0] = config->pages;
	link_tasks();
}

static void recount_crowd(found_page *found)
{
	for (u32 i = 0; i < config->crowd; i++)
		found(OWNER_USER, __va(crowd_frame));
}

/*
 * Has the first page written, and counts a crowd of processes that share it and
 * do nothing. They are not there, only their references.
 */
static void make_crowd(void)
{
	u8 value = 1;

	run_process(0);
	touch(0, true, false, &value);
	state.value[0][0] = value;
	crowd_frame = PTE_FRAME(*entry_of(state.mm[0], 0));
	*entry_of(state.mm[0], 0) ^= PTE_W | PAGE_COW;
	page_of(crowd_frame)->count += config->crowd;
	write_cr3(read_cr3());
	register_owner(recount_crowd);
}

void start_world(const struct world *world)
{
	config = world->config;
	start_machine();
	plan_init();
	take_for_good();
	if (config->swaps)
		start_swap();
	if (config->has_file)
		start_file();
	make_first_process();
	if (config->crowd)
		make_crowd();
}

_Static_assert(sizeof(struct saved) <= SAVED_SIZE, "");

void save_world(void *to)
{
	struct saved *saved = to;

	saved->state = state;
	if (variables_size() > KERNEL_DATA)
		panic("KERNEL_DATA is too small");
	save_variables(saved->data);
	for (u32 f = 1; f < FRAMES; f++) {
		const u32 *words = __va(f << PAGE_SHIFT);

		memcpy(saved->words[f], words, KEPT_WORDS * 4);
		memcpy(saved->words[f] + KEPT_WORDS,
		       words + LAST_WORD + 1 - KEPT_WORDS, KEPT_WORDS * 4);
	}
	for (u32 i = 0; i < ARRAY_SIZE(slab_frames); i++)
		memcpy(saved->slabs[i], __va(slab_frames[i]), SLAB_BYTES);
	if (config->swaps)
		memcpy(saved->slots, __va(swap_frames[1]), SLOT_BYTES);
}

void restore_world(const void *from)
{
	const struct saved *saved = from;

	state = saved->state;
	restore_variables(saved->data);
	for (u32 f = 1; f < FRAMES; f++) {
		u32 *words = __va(f << PAGE_SHIFT);

		memcpy(words, saved->words[f], KEPT_WORDS * 4);
		memcpy(words + LAST_WORD + 1 - KEPT_WORDS,
		       saved->words[f] + KEPT_WORDS, KEPT_WORDS * 4);
	}
	for (u32 i = 0; i < ARRAY_SIZE(slab_frames); i++)
		memcpy(__va(slab_frames[i]), saved->slabs[i], SLAB_BYTES);
	if (config->swaps)
		memcpy(__va(swap_frames[1]), saved->slots, SLOT_BYTES);
	planner = NULL;
	link_tasks();
}
