/*
 * The two 8259A interrupt controllers (Intel 8259A data sheet): initialisation,
 * end of interrupt, spurious interrupts.
 */
#include <cowix/kernel.h>
#include <cowix/irq.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/sanitize.h>
#include <cowix/traps.h>
#include <asm/io.h>
#include <asm/system.h>

#define PIC1_COMMAND	0x20
#define PIC1_DATA	0x21
#define PIC2_COMMAND	0xA0
#define PIC2_DATA	0xA1

#define ICW1_INIT	0x11	/* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086	0x01
#define OCW2_EOI	0x20
#define OCW3_READ_ISR	0x0B

static irq_handler_t handlers[NR_IRQS];
static u16 irq_mask = 0xFFFF & ~(1u << IRQ_CASCADE);
static u32 spurious;
u32 irq_counts[NR_IRQS];

static void write_masks(void)
{
	outb(PIC1_DATA, irq_mask & 0xFF);
	outb(PIC2_DATA, irq_mask >> 8);
}

static void pic_setup(u16 command, u16 data, u8 vector, u8 cascade)
{
	outb(command, ICW1_INIT);
	io_delay();
	outb(data, vector);
	io_delay();
	outb(data, cascade);
	io_delay();
	outb(data, ICW4_8086);
	io_delay();
}

/*
 * Called once by start_kernel. All lines but the cascade stay masked until they
 * are requested.
 */
void irq_init(void)
{
	pic_setup(PIC1_COMMAND, PIC1_DATA, IRQ_VECTOR, 1u << IRQ_CASCADE);
	pic_setup(PIC2_COMMAND, PIC2_DATA, IRQ_VECTOR + 8, IRQ_CASCADE);
	write_masks();
}

/*
 * Has handler called for an interrupt, and unmasks it. The handler runs with
 * interrupts masked: it may wake_up(), but must not sleep.
 */
void request_irq(int irq, irq_handler_t handler)
{
	u32 flags = irq_save();

	handlers[irq] = handler;
	irq_mask &= ~(1u << irq);
	write_masks();
	irq_restore(flags);
}

/*
 * Returns true if no device has raised the interrupt. A line that dropped
 * before the CPU acknowledged it shows up as IRQ 7 or 15 without its in-service
 * bit. It must get no end of interrupt. But for IRQ 15 the first controller has
 * seen a real cascade interrupt.
 */
static bool is_spurious(u32 irq)
{
	u16 command = irq == 7 ? PIC1_COMMAND : PIC2_COMMAND;

	if (irq != 7 && irq != 15)
		return false;
	outb(command, OCW3_READ_ISR);
	if (inb(command) & 0x80)
		return false;
	spurious++;
	if (irq == 15)
		outb(PIC1_COMMAND, OCW2_EOI);
	return true;
}

/* Called by kernel/trap_entry.asm for every interrupt. All stay masked here. */
FROM_ASM void do_irq(struct pt_regs *regs, u32 irq)
{
	if (is_spurious(irq))
		return;
	if (irq >= 8)
		outb(PIC2_COMMAND, OCW2_EOI);
	outb(PIC1_COMMAND, OCW2_EOI);
	irq_counts[irq]++;
	if (handlers[irq])
		handlers[irq](regs);
}
