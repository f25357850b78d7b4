/* The end: panics, exceptions in the kernel, switching the machine off. */
#include <cowix/kernel.h>
#include <cowix/mm.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <asm/io.h>
#include <asm/system.h>
#include "kernel_internal.h"

/* The emulators can be switched off. On a real PC none of this does harm. */
#define QEMU_ACPI_PORT	0x604
#define QEMU_OLD_ACPI_PORT 0xB004
#define ACPI_SLEEP_S5	0x2000
#define BOCHS_SHUTDOWN_PORT 0x8900
#define QEMU_EXIT_PORT	0xF4
#define KBD_COMMAND	0x64
#define KBD_RESET	0xFE

/* Prints the registers that an interrupt or an exception has saved. */
void show_regs(const struct pt_regs *regs)
{
	u32 esp = user_mode(regs) ? regs->esp : (u32)(regs + 1) - 8;

	printk("eip %08x  cs %04x  eflags %08x  esp %08x\n", regs->eip,
	       regs->cs, regs->eflags, esp);
	printk("eax %08x  ebx %08x  ecx %08x  edx %08x\n", regs->eax, regs->ebx,
	       regs->ecx, regs->edx);
	printk("esi %08x  edi %08x  ebp %08x\n", regs->esi, regs->edi,
	       regs->ebp);
	printk("cr0 %08x  cr2 %08x  cr3 %08x\n", read_cr0(), read_cr2(),
	       read_cr3());
}

/*
 * Ends a panic. With panic=off, as under tools/run, the machine goes off. Else
 * it stops, so that the message can be read.
 */
static NORETURN void stop_machine(void)
{
	const char *action = param_get("panic");

	if (action && strcmp(action, "off") == 0)
		machine_power_off(-1);
	machine_halt();
}

static bool panicking;
static void (*panic_report)(void);

/* Has report called at a panic, after the backtrace. */
void at_panic(void (*report)(void))
{
	panic_report = report;
}

/*
 * Begins a panic. The report is white on red, in lines of its own. A second
 * panic is not reported: it would hide the first.
 */
static void enter_panic(void)
{
	cli();
	if (panicking)
		stop_machine();
	panicking = true;
	log_to_console(true);
	console_only("\033[m\n\033[1;37;41m\033[J");
}

/*
 * Reports a broken invariant, with a backtrace, and stops. Never called for
 * lack of memory.
 */
void panic(const char *fmt, ...)
{
	static char message[160];
	va_list ap;

	enter_panic();
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	printk("panic: %s\n", message);
	printk("pid %d (%s)  cr0 %08x  cr2 %08x  cr3 %08x\n", current->pid,
	       current->comm, read_cr0(), read_cr2(), read_cr3());
	show_backtrace((u32)__builtin_frame_address(0));
	if (panic_report)
		panic_report();
	stop_machine();
}

/* Reports an exception in the kernel that has no fixup, and stops. */
void die(const char *what, struct pt_regs *regs, u32 code)
{
	enter_panic();
	printk("panic: %s in the kernel, error code %x, pid %d (%s)\n", what,
	       code, current->pid, current->comm);
	show_regs(regs);
	show_address(regs->eip);
	printk("\n");
	show_backtrace(regs->ebp);
	if (panic_report)
		panic_report();
	stop_machine();
}

void machine_halt(void)
{
	cli();
	for (;;)
		hlt();
}

/*
 * Switches off. With a status of 0 or more, a message tells tools/run how its
 * command ended.
 */
void machine_power_off(int status)
{
	if (status >= 0)
		printk("cowix: power off, status %d\n", status);
	cli();
	outw(QEMU_ACPI_PORT, ACPI_SLEEP_S5);
	outw(QEMU_OLD_ACPI_PORT, ACPI_SLEEP_S5);
	for (const char *s = "Shutdown"; *s; s++)
		outb(BOCHS_SHUTDOWN_PORT, *s);
	outb(QEMU_EXIT_PORT, 0);
	printk("It is now safe to switch off.\n");
	machine_halt();
}

/* Restarts by the keyboard controller's reset line, else by a triple fault. */
void machine_restart(void)
{
	static const u8 no_idt[6];

	cli();
	for (u32 i = 0; i < 100000 && inb(KBD_COMMAND) & 2; i++)
		;
	outb(KBD_COMMAND, KBD_RESET);
	for (u32 i = 0; i < 1000000; i++)
		io_delay();
	lidt(no_idt);
	raise_breakpoint();
	machine_halt();
}
