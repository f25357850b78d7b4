/* Interrupt requests: the two 8259A interrupt controllers (kernel/irq.c). */
#ifndef COWIX_IRQ_H
#define COWIX_IRQ_H

#include <asm/ptrace.h>

#define IRQ_TIMER	0
#define IRQ_KEYBOARD	1
#define IRQ_CASCADE	2
#define IRQ_SERIAL2	3
#define IRQ_SERIAL1	4
#define IRQ_FLOPPY	6
#define IRQ_MOUSE	12
#define IRQ_IDE1	14
#define IRQ_IDE2	15
#define NR_IRQS		16
#define IRQ_VECTOR	0x20		/* vector of IRQ 0 */

typedef void (*irq_handler_t)(struct pt_regs *regs);

extern u32 irq_counts[NR_IRQS];	/* since boot */
void irq_init(void);
void request_irq(int irq, irq_handler_t handler);

#endif
