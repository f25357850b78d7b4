/*
 * PCI configuration space, mechanism 1 (PCI Local Bus Specification 2.2,
 * 3.2.2.3.2): an address goes to one port, data pass through another.
 */
#include <cowix/pci.h>
#include <asm/io.h>

#define CONFIG_ADDRESS	0xCF8
#define CONFIG_DATA	0xCFC
#define CONFIG_ENABLE	0x80000000u
#define DEVICE_SHIFT	11
#define FUNCTION_SHIFT	8
#define DEVICES		32
#define FUNCTIONS	8
#define NO_ID		0xFFFFFFFFu	/* there is no such device */

/* Reads 32 bits of a device's configuration; reg is a multiple of 4. */
u32 pci_read(u32 device, u32 reg)
{
	outl(CONFIG_ADDRESS, device | reg);
	return inl(CONFIG_DATA);
}

void pci_write(u32 device, u32 reg, u32 value)
{
	outl(CONFIG_ADDRESS, device | reg);
	outl(CONFIG_DATA, value);
}

static bool has_pci(void)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE);
	return inl(CONFIG_ADDRESS) == CONFIG_ENABLE;
}

/*
 * Returns the first device of a class and subclass, or 0: there is none, or no
 * PCI.
 */
u32 pci_find(u32 class)
{
	if (!has_pci())
		return 0;
	for (u32 i = 0; i < DEVICES * FUNCTIONS; i++) {
		u32 first = CONFIG_ENABLE | i / FUNCTIONS << DEVICE_SHIFT;
		u32 device = first | i % FUNCTIONS << FUNCTION_SHIFT;

		if (device != first &&
		    !(pci_read(first, PCI_HEADER) & PCI_HEADER_MULTI))
			continue;
		if (pci_read(device, PCI_ID) != NO_ID &&
		    pci_read(device, PCI_CLASS) >> 16 == class)
			return device;
	}
	return 0;
}
