/*
 * The floppy controller: an 82077AA (Intel data sheet 290166) with DMA channel
 * 2 of the ISA bus (Intel 8237A). Commands are given and results read here;
 * floppy.c knows what they are for.
 */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <asm/io.h>
#include "floppy.h"

#define FDC_DOR		0x3F2	/* output: motors, DMA gate, reset, drive */
#define FDC_MSR		0x3F4		/* main status */
#define FDC_DATA	0x3F5
#define FDC_CCR		0x3F7		/* data rate */
#define FDC_DIR		0x3F7		/* reading: disk changed */
#define DOR_NOT_RESET	0x04
#define DOR_DMA		0x08
#define DOR_MOTOR_SHIFT	4
#define MSR_READY	0x80
#define MSR_TO_CPU	0x40
#define MSR_BUSY	0x10
#define DIR_CHANGED	0x80

#define CMD_SPECIFY	0x03
#define CMD_RECALIBRATE	0x07
#define CMD_SENSE	0x08
#define CMD_SEEK	0x0F
#define CMD_PERPENDICULAR 0x12
#define CMD_READ	0x46		/* MFM; one track */
#define CMD_WRITE	0x45
#define SPECIFY_1	0xCF		/* step rate 4 ms, head unload 240 ms */
#define SPECIFY_2	0x06		/* head load 6 ms, DMA */
#define PERPENDICULAR_1M 0x03
#define SIZE_512	2
#define DRIVES_RESET	4		/* drives that report after a reset */

#define DMA_MASK	0x0A
#define DMA_MODE	0x0B
#define DMA_CLEAR	0x0C
#define DMA_ADDRESS2	0x04
#define DMA_COUNT2	0x05
#define DMA_PAGE2	0x81
#define DMA_CHANNEL2	2
#define DMA_SET_MASK	4
#define DMA_TO_MEMORY	0x46		/* single transfer, channel 2 */
#define DMA_FROM_MEMORY	0x4A

u8 fdc_result[RESULT_MAX];

/*
 * Sends a byte of a command. Returns false if it is not taken within some
 * milliseconds.
 */
static bool fdc_send(u8 byte)
{
	for (u32 i = 0; i < 10000; i++)
		if ((inb(FDC_MSR) & (MSR_READY | MSR_TO_CPU)) == MSR_READY) {
			outb(FDC_DATA, byte);
			return true;
		}
	return false;
}

static bool send_all(const u8 *bytes, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (!fdc_send(bytes[i]))
			return false;
	return true;
}

/* Reads the result of the last command. Returns how many bytes it has. */
u32 fdc_read_result(void)
{
	u32 n = 0;

	for (u32 i = 0; i < 10000 && n < RESULT_MAX; i++) {
		u8 status = inb(FDC_MSR) & (MSR_READY | MSR_TO_CPU | MSR_BUSY);

		if (status == MSR_READY)
			return n;
		if (status == (MSR_READY | MSR_TO_CPU | MSR_BUSY))
			fdc_result[n++] = inb(FDC_DATA);
	}
	return n;
}

/* Returns which motors run: bit n is drive n's. */
u8 fdc_motors(void)
{
	return inb(FDC_DOR) >> DOR_MOTOR_SHIFT & 3;
}

/* Selects a drive, and says which motors run. */
void fdc_select(u32 drive, u8 motors)
{
	outb(FDC_DOR,
	     drive | DOR_NOT_RESET | DOR_DMA | motors << DOR_MOTOR_SHIFT);
}

/* Resets the controller. An interrupt follows. */
void fdc_reset(u32 drive, u8 motors)
{
	outb(FDC_DOR, drive | DOR_DMA | motors << DOR_MOTOR_SHIFT);
	for (u32 i = 0; i < 4; i++)
		io_delay();
	fdc_select(drive, motors);
}

/*
 * Asks for the result of a recalibrate, a seek or a reset, which end without
 * one. Returns how many bytes it has.
 */
u32 fdc_sense(void)
{
	return fdc_send(CMD_SENSE) ? fdc_read_result() : 0;
}

/*
 * Takes the reports of all drives after a reset, and tells the controller its
 * timing again. Returns false if it refuses.
 */
bool fdc_after_reset(void)
{
	static const u8 specify[] = { CMD_SPECIFY, SPECIFY_1, SPECIFY_2 };

	for (u32 i = 0; i < DRIVES_RESET; i++)
		fdc_sense();
	return send_all(specify, sizeof(specify));
}

/* Returns whether the disk of the selected drive was changed. */
bool fdc_disk_changed(void)
{
	return inb(FDC_DIR) & DIR_CHANGED;
}

/*
 * Moves the head to cylinder 0. Returns false if the controller refuses; else
 * an interrupt follows.
 */
bool fdc_recalibrate(u32 drive)
{
	return fdc_send(CMD_RECALIBRATE) && fdc_send(drive);
}

/* Moves the head to a cylinder. Returns like fdc_recalibrate(). */
bool fdc_seek(u32 drive, u32 head, u32 cylinder)
{
	return fdc_send(CMD_SEEK) && fdc_send(head << 2 | drive) &&
	       fdc_send(cylinder);
}

static void setup_dma(u8 mode, const u8 *buffer, u32 bytes)
{
	u32 phys = __pa(buffer), count = bytes - 1;

	outb(DMA_MASK, DMA_SET_MASK | DMA_CHANNEL2);
	outb(DMA_CLEAR, 0);
	outb(DMA_MODE, mode);
	outb(DMA_ADDRESS2, phys & 0xFF);
	outb(DMA_ADDRESS2, phys >> 8 & 0xFF);
	outb(DMA_PAGE2, phys >> 16);
	outb(DMA_COUNT2, count & 0xFF);
	outb(DMA_COUNT2, count >> 8);
	outb(DMA_MASK, DMA_CHANNEL2);
}

static bool set_format(const struct floppy_format *format)
{
	outb(FDC_CCR, format->rate);
	return fdc_send(CMD_PERPENDICULAR) &&
	       fdc_send(format->perpendicular ? PERPENDICULAR_1M : 0);
}

/*
 * Begins a transfer. The buffer lies below 16 MB and does not cross a multiple
 * of 64 KB. Returns like fdc_recalibrate().
 */
bool fdc_transfer(u32 drive, const struct floppy_place *at, bool write,
		  u8 *buffer)
{
	const u8 command[] = {
		write ? CMD_WRITE : CMD_READ,
		at->head << 2 | drive,
		at->cylinder,
		at->head,
		at->first + 1,			/* sectors count from 1 */
		SIZE_512,
		at->first + at->count,		/* the last one */
		at->format->gap,
		0xFF,				/* a size is given: unused */
	};

	setup_dma(write ? DMA_FROM_MEMORY : DMA_TO_MEMORY, buffer,
		  at->count * SECTOR_SIZE);
	return set_format(at->format) && send_all(command, sizeof(command));
}
