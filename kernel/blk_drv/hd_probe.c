/*
 * Finds IDE disks and what they can do: the command IDENTIFY (AT Attachment 6),
 * and the PCI controller for DMA (SFF-8038i).
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/params.h>
#include <cowix/pci.h>
#include <asm/io.h>
#include "hd.h"

#define CMD_IDENTIFY	0xEC

/* Words of the answer to IDENTIFY. */
#define ID_CAPABILITIES	49
#define ID_CAN_DMA	0x0100
#define ID_CAN_LBA	0x0200
#define ID_SECTORS	60		/* two words */
#define ID_COMMANDS	83
#define ID_VALID_MASK	0xC000
#define ID_VALID	0x4000
#define ID_CAN_LBA48	0x0400
#define ID_CAN_FLUSH	0x1000
#define ID_SECTORS48	100		/* four words */

#define PCI_IDE		0x0101
/* Bits of the programming interface, in PCI_CLASS. */
#define PCI_IDE_MASTER	0x8000		/* it can be a bus master */
#define PCI_IDE_NATIVE	0x0500		/* a channel is at other ports */

#define BM_CHANNEL	8	/* from the first channel's ports to the next */
#define BM_PORTS	0xC000	/* if the BIOS has given it no ports */

static u32 two_words(const u16 *id, u32 at)
{
	return id[at] | (u32)id[at + 1] << 16;
}

/* Notes what a disk can do, from its answer to IDENTIFY. */
static void note_disk(const struct channel *c, struct disk *d, const u16 *id)
{
	u32 commands = 0;

	if (!(id[ID_CAPABILITIES] & ID_CAN_LBA))
		return;
	if ((id[ID_COMMANDS] & ID_VALID_MASK) == ID_VALID)
		commands = id[ID_COMMANDS];
	d->dma = c->prds && id[ID_CAPABILITIES] & ID_CAN_DMA;
	d->flush = commands & ID_CAN_FLUSH;
	d->parts[0].sectors = two_words(id, ID_SECTORS);
	if (commands & ID_CAN_LBA48)
		d->parts[0].sectors = two_words(id, ID_SECTORS48);
	/* sector numbers end at 2 TB */
	if (commands & ID_CAN_LBA48 && two_words(id, ID_SECTORS48 + 2))
		d->parts[0].sectors = 0xFFFFFFFF;
}

/*
 * Asks a disk what it is, and fills in d if there is one. A channel without any
 * disk reads as all ones. A device that answers with no data is no disk.
 */
void hd_identify(const struct channel *c, u32 unit, struct disk *d)
{
	struct ide_command cmd = { .command = CMD_IDENTIFY, .unit = unit };
	u16 *id = kpage_alloc(OWNER_CALL);

	if (!id)
		return;
	ide_select(c, unit);
	if (ide_status(c) != 0xFF && ide_status(c) != 0 && ide_wait_ready(c)) {
		ide_mask_interrupt(c, true);
		ide_send(c, &cmd);
		io_delay();
		if (ide_status(c) && ide_wait_data(c)) {
			ide_read_sector(c, id);
			note_disk(c, d, id);
		}
		ide_mask_interrupt(c, false);
	}
	kpage_free(id);
}

/*
 * Returns the PCI number of a controller that moves data by itself, or 0. Only
 * one at the old ports will do: there the interrupts are known.
 */
static u32 find_controller(void)
{
	u32 device = pci_find(PCI_IDE), interface;

	if (!device)
		return 0;
	interface = pci_read(device, PCI_CLASS);
	if ((interface & (PCI_IDE_MASTER | PCI_IDE_NATIVE)) != PCI_IDE_MASTER)
		return 0;
	return device;
}

/*
 * Gives the channels their bus masters if there are any, unless ide=nodma
 * forbids it.
 */
void hd_find_bus_master(struct channel *channels)
{
	const char *mode = param_get("ide");
	u32 device, base, command;

	if (mode && strcmp(mode, "nodma") == 0)
		return;
	device = find_controller();
	if (!device)
		return;
	base = pci_read(device, PCI_BASE(4)) & 0xFFF0;
	if (!base) {
		base = BM_PORTS;
		pci_write(device, PCI_BASE(4), base);
	}
	command = pci_read(device, PCI_COMMAND) & 0xFFFF;
	pci_write(device, PCI_COMMAND,
		  command | PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	for (u32 i = 0; i < CHANNELS; i++) {
		channels[i].bus_master = base + i * BM_CHANNEL;
		if (i == 0 || !ide_simplex(base))
			channels[i].prds = kpage_alloc(OWNER_DRIVER);
	}
}
