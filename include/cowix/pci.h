/* PCI: the configuration space of the devices on bus 0 (kernel/pci.c). */
#ifndef COWIX_PCI_H
#define COWIX_PCI_H

#include <cowix/types.h>

#define PCI_ID			0x00
#define PCI_COMMAND		0x04
#define PCI_COMMAND_IO		0x0001
#define PCI_COMMAND_MASTER	0x0004
/* class, subclass, programming interface, revision: a byte each */
#define PCI_CLASS		0x08
#define PCI_HEADER		0x0C
#define PCI_HEADER_MULTI	0x00800000
#define PCI_BASE(n)		(0x10 + 4 * (n))

/* the first device of a class and subclass; 0: there is none, or no PCI */
u32 pci_find(u32 class);
u32 pci_read(u32 device, u32 reg);	/* 32 bits; reg is a multiple of 4 */
void pci_write(u32 device, u32 reg, u32 value);

#endif
