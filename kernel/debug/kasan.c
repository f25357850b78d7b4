/*
 * Shadow memory (make SANITIZE=1). Each 8 bytes of RAM have one byte that says
 * how many of them may be touched now:
 *
 *	0	all 8
 *	1 to 7	only the first so many
 *	0x80-	none, and the value says why (enum poison)
 *
 * The shadow of address a is the byte at SHADOW_OFFSET + a / 8. So the last
 * eighth of the kernel's gigabyte shadows the whole of it, just above the
 * 896 MB that RAM may have:
 *
 *	0xC0000000	RAM
 *	0xF8000000	shadow of 0xC0000000
 *	0xFF000000	shadow of 0xF8000000: never mapped
 *
 * In front of each access the compiler calls a function of this file, with the
 * address (-fsanitize=kernel-address). Whoever gives memory out unpoisons it;
 * who takes it back poisons it. The rest follows: a program's address, too, is
 * no address for C, since only mm/uaccess.asm may use it.
 */
#define KEEPS_SHADOW		/* string.h does not check itself here */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>
#include <asm/string.h>

#define SHADOW_OFFSET	0xE0000000u	/* the Makefile tells the compiler */
#define GRANULE		8u		/* bytes that share a shadow byte */
#define EARLY		LARGE_PAGE_SIZE	/* what head.asm has mapped */
#define LINE		(16 * GRANULE)	/* a line of a report */
#define SHADOW_BITS	(PTE_P | PTE_W | PTE_A | PTE_D)

/* Of the lowest 4 MB, until there is more: one eighth, and its page table. */
static u8 early_shadow[EARLY / GRANULE] ALIGNED(PAGE_SIZE);
static pte_t early_table[PTES_PER_TABLE] ALIGNED(PAGE_SIZE);
static u32 ram_end;		/* where the part with a shadow ends */
static bool on;

typedef void constructor(void);
extern constructor *const __constructors[], *const __constructors_end[];

static inline u8 *shadow_of(u32 addr)
{
	return (u8 *)(SHADOW_OFFSET + addr / GRANULE);
}

static pte_t *shadow_pde(const u8 *shadow)
{
	return &swapper_pg_dir[PGDIR_INDEX(shadow)];
}

/*
 * Maps the shadow of what head.asm has mapped. The compiler writes it itself
 * when a function begins, so that this comes before everything else.
 */
void kasan_early(void)
{
	for (u32 i = 0; i < sizeof(early_shadow) / PAGE_SIZE; i++)
		early_table[i] = __pa(early_shadow + i * PAGE_SIZE) |
				 SHADOW_BITS;
	*shadow_pde(shadow_of(KERNEL_BASE)) = __pa(early_table) | SHADOW_BITS;
	ram_end = KERNEL_BASE + EARLY;
	on = true;
}

/* Returns a page of zeroes, for good. */
static u32 take_page(void)
{
	void *page = boot_alloc(PAGE_SIZE);

	clear_page(page);
	return __pa(page) | SHADOW_BITS;
}

/* Maps one page of the shadow. It is zeroes: everything may be touched. */
static void map_shadow(const u8 *shadow)
{
	pte_t *pde = shadow_pde(shadow);
	pte_t *table;

	if (!(*pde & PTE_P))
		*pde = take_page();
	table = __va(PTE_FRAME(*pde));
	table[PGTBL_INDEX(shadow)] = take_page();
}

/* What the compiler tells of a global variable. */
struct global {
	const void *start;
	u32 size, size_with_poison;
	const char *name, *file;
	u32 has_constructor;
	const void *place, *indicator;
};

/*
 * Poisons what lies behind global variables. The compiler writes a function for
 * each file that calls this.
 */
void __asan_register_globals(const struct global *globals, u32 count);
void __asan_unregister_globals(const struct global *globals, u32 count);

void __asan_register_globals(const struct global *globals, u32 count)
{
	for (const struct global *g = globals; g < globals + count; g++) {
		poison(g->start, g->size_with_poison, POISON_GLOBAL);
		unpoison(g->start, g->size);
	}
}

/* Called by none: the kernel has no end. But its address is taken. */
void __asan_unregister_globals(const struct global *globals, u32 count)
{
	(void)globals, (void)count;
}

/* Maps the shadow of all RAM. It takes an eighth of what it shadows. */
void kasan_init(void)
{
	u32 end = KERNEL_BASE + (nr_frames << PAGE_SHIFT);
	const u8 *last = shadow_of(end - 1);

	for (u8 *s = shadow_of(ram_end); s <= last; s += PAGE_SIZE)
		map_shadow(s);
	ram_end = end;
	for (u32 i = 0; __constructors + i < __constructors_end; i++)
		__constructors[i]();
	stack_pool_init();
}

/* From now on everything may be touched: a panic must be able to tell it. */
void sanitize_off(void)
{
	on = false;
}

/* start and size are multiples of GRANULE. */
void poison(const void *start, u32 size, enum poison why)
{
	rep_stosb(shadow_of((u32)start), why, size / GRANULE);
}

/* Allows [start, start + size); start is a multiple of GRANULE. */
void unpoison(const void *start, u32 size)
{
	u8 *shadow = shadow_of((u32)start);

	rep_stosb(shadow, 0, size / GRANULE);
	if (size % GRANULE)
		shadow[size / GRANULE] = size % GRANULE;
}

/* Returns whether the byte at addr, with those before it, may be touched. */
static inline bool is_good(u32 addr)
{
	u8 good = *shadow_of(addr);

	return good == 0 || (good < GRANULE && addr % GRANULE < good);
}

/*
 * Returns the first byte of [addr, addr + size) that may not be touched, or 0.
 * All granules but the last must be good to their ends.
 */
static u32 first_bad(u32 addr, u32 size)
{
	u32 last = addr + size - 1;

	if (addr < KERNEL_BASE || last >= ram_end || last < addr)
		return addr >= KERNEL_BASE && addr < ram_end ? ram_end : addr;
	for (u32 end; addr <= last; addr = end + 1) {
		end = min_u32(addr | (GRANULE - 1), last);
		if (is_good(end))
			continue;
		while (is_good(addr))
			addr++;
		return addr;
	}
	return 0;
}

static const char *reason(u32 bad)
{
	if (bad < KERNEL_BASE)
		return bad < PAGE_SIZE ? "a null pointer"
				       : "a program's memory";
	if (bad >= ram_end)
		return "no memory";
	if (*shadow_of(bad) < GRANULE)		/* the next one says more */
		bad += GRANULE;
	switch (*shadow_of(bad)) {
	case POISON_STACK_LEFT:
	case POISON_STACK_MIDDLE:
	case POISON_STACK_RIGHT:
		return "beside a variable on the stack";
	case POISON_GLOBAL:
		return "behind a global variable";
	case POISON_FREE_OBJECT:
		return "in an object that is free";
	case POISON_BESIDE_OBJECT:
		return "beside an object of kmalloc";
	case POISON_FREE_FRAME:
		return "in a frame that is free";
	default:
		return "poisoned";
	}
}

/* Prints a line of the shadow: that of 128 bytes of memory. */
static void show_line(u32 start)
{
	const u8 *shadow = shadow_of(start);

	printk("%08x:", start);
	for (u32 i = 0; i < LINE / GRANULE; i++)
		printk(" %02x", shadow[i]);
	printk("\n");
}

/* Prints the shadow around an address. */
static void show_shadow(u32 addr)
{
	u32 line = addr & ~(LINE - 1);

	if (line < KERNEL_BASE + LINE || line + 2 * LINE > ram_end)
		return;
	for (u32 start = line - LINE; start <= line + LINE; start += LINE)
		show_line(start);
}

static NORETURN void report_access(const char *what, u32 addr, u32 size,
				   u32 bad)
{
	sanitize_off();
	show_shadow(bad);
	panic("kasan: %s of %u bytes at %x: %x is %s", what, size, addr, bad,
	      reason(bad));
}

static inline void check(const char *what, const void *at, u32 size)
{
	u32 bad = on && size ? first_bad((u32)at, size) : 0;

	if (unlikely(bad))
		report_access(what, (u32)at, size, bad);
}

/* What the compiler calls: accesses of 1 to 16 bytes, and of any number. */
#define CALLED_FOR(size) \
	void __asan_load##size##_noabort(const void *from); \
	void __asan_load##size##_noabort(const void *from) \
	{ \
		check("load", from, size); \
	} \
	void __asan_store##size##_noabort(const void *to); \
	void __asan_store##size##_noabort(const void *to) \
	{ \
		check("store", to, size); \
	}

CALLED_FOR(1)
CALLED_FOR(2)
CALLED_FOR(4)
CALLED_FOR(8)
CALLED_FOR(16)

void __asan_loadN_noabort(const void *from, u32 size);
void __asan_storeN_noabort(const void *to, u32 size);
void __asan_handle_no_return(void);

void __asan_loadN_noabort(const void *from, u32 size)
{
	check("load", from, size);
}

void __asan_storeN_noabort(const void *to, u32 size)
{
	check("store", to, size);
}

/*
 * Called before a function that does not return: nobody will take the poison
 * off the stack. From here to its top it is a stack like new.
 */
void __asan_handle_no_return(void)
{
	u32 here = (u32)__builtin_frame_address(0) & ~(GRANULE - 1);

	if (on && current->stack_top > here)
		unpoison((void *)here, current->stack_top - here);
}
