/*
 * Instructions of the kernel that may fault (the fixup macro of asm/fixup.inc).
 */
#include <cowix/kernel.h>
#include <cowix/traps.h>

struct exception_fixup {
	u32 instruction, fixup;
};

extern const struct exception_fixup __start___ex_table[], __stop___ex_table[];

/*
 * Lets the kernel go on where the table says for the instruction at regs->eip,
 * with error in EAX. Returns false if the table does not have it.
 */
bool fixup_exception(struct pt_regs *regs, int error)
{
	const struct exception_fixup *f = __start___ex_table;

	while (f < __stop___ex_table && f->instruction != regs->eip)
		f++;
	if (f == __stop___ex_table)
		return false;
	regs->eip = f->fixup;
	regs->eax = (u32)error;
	return true;
}
