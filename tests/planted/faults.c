/*
 * Faults for the sanitizers to find, in a kernel of make SANITIZE=1 PLANTED=1
 * (tests/test_sanitize.py). The parameter plant= names one. It is done when
 * everything is set up: the linker has start_kernel() call us in the place of
 * sysrq_init().
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <asm/string.h>

/* What the compiler must not know: else it would warn, or leave it out. */
static volatile int ten = 10, zero, minus_one = -1, large = 0x7FFFFFFF;
static volatile int sink;

static void heap_overrun(void)
{
	volatile u8 *p = kmalloc(20);

	p[2 * ten] = 1;
}

static void heap_underrun(void)
{
	volatile u8 *p = kmalloc(20);

	sink = p[minus_one];
}

static void heap_overrun_by_instruction(void)
{
	memset(kmalloc(100), 0, 10 * ten + 1);
}

static void use_after_free(void)
{
	volatile u8 *p = kmalloc(20);

	kfree((void *)p);
	sink = p[ten];
}

/* Other objects of the page are still there, so that the page is, too. */
static void double_free(void)
{
	void *p = kmalloc(20), *other = kmalloc(20);

	kfree(p);
	kfree(p);
	kfree(other);
}

/* What lies behind an object that was used before is poisoned anew. */
static void overrun_of_used(void)
{
	void *first = kmalloc(20), *other = kmalloc(20);
	volatile u8 *p;

	kfree(first);
	do {
		p = kmalloc(20);
	} while (p != first);
	p[2 * ten] = 1;
	kfree(other);
}

/* The frame was given back: whoever has it now would be overwritten. */
static void frame_after_free(void)
{
	u32 *page = kpage_alloc(OWNER_CALL);

	kpage_free(page);
	page[ten] = 1;
}

static void cleared_frame_after_free(void)
{
	u32 *page = kpage_zalloc(OWNER_CALL);

	kpage_free_cleared(page);
	page[ten] = 1;
}

static void store(volatile u8 *at)
{
	*at = 1;
}

static void stack_overrun(void)
{
	volatile u8 array[10];
	volatile u8 *p = array;

	store(p);
	store(p + ten);
}

static void stack_underrun(void)
{
	volatile u8 array[10];
	volatile u8 *p = array;

	store(p);
	store(p + minus_one);
}

static void global_overrun(void)
{
	static volatile u8 array[10];
	volatile u8 *p = array;

	store(p);
	store(p + ten);
}

static void null_pointer(void)
{
	volatile u8 *p = (u8 *)zero;

	sink = p[ten];
}

static void program_memory(void)
{
	volatile u8 *p = (u8 *)0x08048000;

	sink = p[ten];
}

static void signed_overflow(void)
{
	sink = large + ten;
}

static void bad_shift(void)
{
	sink = 1 << (4 * ten);
}

static void division(void)
{
	sink = ten / zero;
}

static void bad_index(void)
{
	static const u8 array[10] = { 1 };

	sink = array[ten];
}

static void bad_bool(void)
{
	int value = ten;

	sink = *(volatile bool *)&value;
}

/* Shows that the machine goes on when there is none. */
static void none(void)
{
}

static const struct {
	const char *name;
	void (*plant)(void);
} faults[] = {
#define FAULT(name)	{ #name, name }
	FAULT(heap_overrun),
	FAULT(heap_underrun),
	FAULT(heap_overrun_by_instruction),
	FAULT(use_after_free),
	FAULT(double_free),
	FAULT(overrun_of_used),
	FAULT(frame_after_free),
	FAULT(cleared_frame_after_free),
	FAULT(stack_overrun),
	FAULT(stack_underrun),
	FAULT(global_overrun),
	FAULT(null_pointer),
	FAULT(program_memory),
	FAULT(signed_overflow),
	FAULT(bad_shift),
	FAULT(division),
	FAULT(bad_index),
	FAULT(bad_bool),
	FAULT(none),
};

void __real_sysrq_init(void);
void __wrap_sysrq_init(void);

void __wrap_sysrq_init(void)
{
	const char *name = param_get("plant");

	__real_sysrq_init();
	for (u32 i = 0; name && i < ARRAY_SIZE(faults); i++)
		if (strcmp(name, faults[i].name) == 0)
			faults[i].plant();
}
