/*
 * PCI configuration space, mechanism 1 (PCI Local Bus Specification 2.2,
 * 3.2.2.3.2): an address goes to one port, data pass through another. Just
 * enough to find a device by what it is.
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
#define NOBODY		0xFFFFFFFFu

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

static bool present(void)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE);
	return inl(CONFIG_ADDRESS) == CONFIG_ENABLE;
}

u32 pci_find(u32 class)
{
	for (u32 i = 0; present() && i < DEVICES * FUNCTIONS; i++) {
		u32 first = CONFIG_ENABLE | i / FUNCTIONS << DEVICE_SHIFT,
		    device = first | i % FUNCTIONS << FUNCTION_SHIFT;

		if (device != first &&
		    !(pci_read(first, PCI_HEADER) & PCI_HEADER_MULTI))
			continue;
		if (pci_read(device, PCI_ID) != NOBODY &&
		    pci_read(device, PCI_CLASS) >> 16 == class)
			return device;
	}
	return 0;
}
