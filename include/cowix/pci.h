/* PCI: the configuration space of the devices on bus 0 (kernel/pci.c). */
#ifndef COWIX_PCI_H
#define COWIX_PCI_H

#include <cowix/types.h>

#define PCI_ID			0x00
#define PCI_COMMAND		0x04
#define PCI_COMMAND_IO		0x0001
#define PCI_COMMAND_MASTER	0x0004
#define PCI_CLASS		0x08	/* class and subclass: the high bytes */
#define PCI_HEADER		0x0C
#define PCI_HEADER_MULTI	0x00800000
#define PCI_BASE(n)		(0x10 + 4 * (n))

u32 pci_find(u32 class);
u32 pci_read(u32 device, u32 reg);
void pci_write(u32 device, u32 reg, u32 value);

#endif
