/*
 * Segments and task-state segments. Cowix uses flat segments and one TSS, which
 * only tells the CPU where current's kernel stack is. A second TSS is for
 * exception 8: if the kernel stack itself is broken, only a task gate gives the
 * handler a good one.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <asm/system.h>

/* Fields of a segment descriptor (Intel SDM volume 3, "Segment Descriptors") */
#define DESC_PRESENT	(1ull << 47)
#define DESC_DPL3	(3ull << 45)
#define DESC_CODE_DATA	(1ull << 44)
#define DESC_CODE	(0xAull << 40)
#define DESC_DATA	(0x2ull << 40)
#define DESC_TSS32	(0x9ull << 40)
#define DESC_32BIT	(1ull << 54)
#define DESC_PAGES	(1ull << 55)	/* the limit counts pages */
#define DESC_MAX_LIMIT	((0xFull << 48) | 0xFFFFull)

struct PACKED table_descriptor {
	u16 limit;
	u32 base;
};

struct tss tss;
static struct tss double_fault_tss;
static u64 gdt[GDT_ENTRIES];
static u8 double_fault_stack[1024] ALIGNED(16);

static u64 tss_descriptor(const struct tss *segment)
{
	u32 base = (u32)segment;

	return DESC_PRESENT | DESC_TSS32 | (sizeof(*segment) - 1) |
	       (u64)(base & 0xFFFFFF) << 16 | (u64)(base >> 24) << 56;
}

/*
 * Exception 8 arrives here by its task gate, on its own stack. The state that
 * failed is in the other TSS.
 */
static NORETURN void double_fault(void)
{
	struct pt_regs regs = {
		.eip = tss.eip,
		.cs = tss.cs,
		.eflags = tss.eflags,
		.esp = tss.esp,
		.ebp = tss.ebp,
		.eax = tss.eax,
		.ebx = tss.ebx,
		.ecx = tss.ecx,
		.edx = tss.edx,
		.esi = tss.esi,
		.edi = tss.edi,
	};

	die("double fault (kernel stack overflow?)", &regs, 0);
}

static void double_fault_tss_init(void)
{
	double_fault_tss.cr3 = read_cr3();
	double_fault_tss.eip = (u32)double_fault;
	double_fault_tss.esp =
		(u32)double_fault_stack + sizeof(double_fault_stack);
	double_fault_tss.cs = KERNEL_CS;
	double_fault_tss.ss = double_fault_tss.ds = double_fault_tss.es =
		KERNEL_DS;
	double_fault_tss.iomap = sizeof(struct tss);
}

/* Called once by start_kernel, on the flat segments that setup left. */
void gdt_init(void)
{
	struct table_descriptor descriptor = { sizeof(gdt) - 1, (u32)gdt };
	const u64 flat = DESC_PRESENT | DESC_CODE_DATA | DESC_32BIT |
			 DESC_PAGES | DESC_MAX_LIMIT;

	gdt[KERNEL_CS / 8] = flat | DESC_CODE;
	gdt[KERNEL_DS / 8] = flat | DESC_DATA;
	gdt[USER_CS / 8] = flat | DESC_CODE | DESC_DPL3;
	gdt[USER_DS / 8] = flat | DESC_DATA | DESC_DPL3;
	gdt[TSS_SELECTOR / 8] = tss_descriptor(&tss);
	gdt[DF_TSS_SELECTOR / 8] = tss_descriptor(&double_fault_tss);
	tss.ss0 = KERNEL_DS;
	tss.iomap = sizeof(struct tss);
	double_fault_tss_init();
	lgdt(&descriptor);
	load_segments(KERNEL_CS, KERNEL_DS);
	ltr(TSS_SELECTOR);
	lldt(0);
}

/* Loads a task's own segments. Called at a switch and by set_thread_area(). */
void load_tls(const u64 *tls)
{
	for (u32 i = 0; i < TLS_ENTRIES; i++)
		gdt[TLS_SELECTOR / 8 + i] = tls[i];
}
