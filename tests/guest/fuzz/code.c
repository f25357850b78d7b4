/*
 * Instructions that a program should not execute, in a few bytes each. They are
 * privileged, undefined or far, or set odd flags, segments and FPU states. EMMS
 * is missing: QEMU 7.2 ignores CR0.TS and so empties another process's
 * registers.
 */
#include <sys/mman.h>
#include "fuzz.h"

struct piece {
	const char *bytes;
	unsigned size;
};
#define PIECE(s)	{ s, sizeof(s) - 1 }

static const struct piece pieces[] = {
	PIECE("\xCD\x03"), PIECE("\xCC"), PIECE("\xF1"), PIECE("\xCE"),
	PIECE("\x0F\x0B"), PIECE("\x0F\x34"), PIECE("\x0F\x05"), PIECE("\xF4"),
	PIECE("\xFA"), PIECE("\xFB"), PIECE("\xEC"), PIECE("\xEE"),
	PIECE("\xE4\x60"), PIECE("\xE6\x20"), PIECE("\x6C"), PIECE("\xF3\x6E"),
	PIECE("\x0F\x01\x16"), PIECE("\x0F\x01\x1E"), PIECE("\x0F\x01\x06"),
	PIECE("\x0F\x01\xE0"), PIECE("\x0F\x01\xF0"), PIECE("\x0F\x06"),
	PIECE("\x0F\x08"), PIECE("\x0F\x09"), PIECE("\x0F\x22\xC0"),
	PIECE("\x0F\x22\xD8"), PIECE("\x0F\x20\xC0"), PIECE("\x0F\x23\xF8"),
	PIECE("\x0F\x21\xC0"), PIECE("\x0F\x30"), PIECE("\x0F\x32"),
	PIECE("\x0F\x31"), PIECE("\x0F\x33"), PIECE("\x0F\x00\xD8"),
	PIECE("\x0F\x00\xD0"), PIECE("\x0F\x00\xE0"), PIECE("\x0F\x02\xC0"),
	PIECE("\x62\x06"), PIECE("\x0F\xB2\x26"), PIECE("\xC5\x06"),
	PIECE("\xC4\x06"), PIECE("\x0F\xB4\x06"), PIECE("\x0F\xB5\x06"),
	PIECE("\xFF\x1E"), PIECE("\xFF\x2E"), PIECE("\xCB"), PIECE("\xCF"),
	PIECE("\x8E\xD0"), PIECE("\x8E\xD8"), PIECE("\x8E\xC0"),
	PIECE("\x8E\xE0"), PIECE("\x8E\xE8"), PIECE("\x17"), PIECE("\x9D"),
	PIECE("\xC8\xFF\xFF\x1F"), PIECE("\xD4\x00"), PIECE("\xF7\xF0"),
	PIECE("\x0F\x28\x06"), PIECE("\xF0\x90"), PIECE("\xF0\x0F\xC7\xC8"),
	PIECE("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"),
	PIECE("\xF3\xA5"), PIECE("\xF3\xAA"), PIECE("\xFD\xF3\xA4"),
	PIECE("\x0F\xC7\x0E"), PIECE("\x0F\x01\x3E"), PIECE("\x0F\xA2"),
	PIECE("\xDB\xE3"), PIECE("\xD9\x2E"), PIECE("\xDD\x26"),
	PIECE("\xD9\x26"),
	PIECE("\xDD\x36"), PIECE("\xD9\xEE\xD9\xE8\xDE\xF1\x9B"),
	PIECE("\x0F\xAE\x0E"), PIECE("\x0F\xAE\x06"), PIECE("\x0F\xAE\x16"),
	PIECE("\x65\xA1\x00\x00\x00\x00"), PIECE("\x0F\xAA"),
	PIECE("\x64\x89\x06"), PIECE("\x2E\xC6\x00\x00"), PIECE("\x0F\x3F"),
	PIECE("\x94\xCD\x80"), PIECE("\x9A\x00\x00\x00\x00\x08\x00"),
	PIECE("\xEA\x00\x00\x00\xC0\x08\x00"), PIECE("\x0F\x01\xC1"),
};

static unsigned char code[PAGE] __attribute__((aligned(PAGE)));
static unsigned at;

static void emit(const void *bytes, unsigned size)
{
	memcpy(code + at, bytes, size);
	at += size;
}

static void emit_with_word(unsigned char op, unsigned value)
{
	emit(&op, 1);
	emit(&value, 4);
}

static unsigned flags(void)
{
	/* rarely with VM, which ends the program */
	unsigned all = word() & (chance(10) ? 0x003F7FD5 : 0x003D7FD5);

	return chance(40) ? 0x202 : all;
}

/* Sets registers that the piece may use: eax a selector, esi an address, ... */
static void emit_registers(void)
{
	static const unsigned char selectors[] = {
		0, 3, 8, 0x10, 0x1B, 0x23, 0x2B, 0x33, 0x3B, 0x43, 0x0F, 0x28,
	};

	emit_with_word(0xB8, chance(60) ? selectors[roll(12)] : wild_word());
	emit_with_word(0xB9, chance(70) ? roll(6000) : wild_word());
	emit_with_word(0xBA, wild_word());
	emit_with_word(0xBE, chance(80) ? some_place() : wild_word());
	emit_with_word(0xBF, chance(80) ? some_place() : wild_word());
}

/*
 * Emits push ss, esp, eflags, cs, eip; iret. It leads to outer rings or
 * nowhere.
 */
static void emit_iret(void)
{
	static const unsigned char ops[] = { 0xCF, 0xCB, 0x9D };

	emit_with_word(0x68, chance(50) ? 0x23 : wild_word());
	emit_with_word(0x68, some_place());
	emit_with_word(0x68, flags());
	emit_with_word(0x68, chance(70) ? 0x1B : wild_word());
	emit_with_word(0x68, chance(80) ? (unsigned)landing : wild_word());
	emit(&ops[chance(80) ? 0 : roll(3)], 1);
}

static void emit_piece(void)
{
	const struct piece *p = &pieces[roll(ARRAY(pieces))];
	unsigned char interrupt[2] = { 0xCD, roll(256) };

	switch (roll(10)) {
	case 0: case 1:
		emit_iret();
		break;
	case 2: case 3:
		emit(interrupt, 2);
		break;
	case 4:
		emit_with_word(0x68, flags());
		emit("\x9D", 1);		/* popf */
		break;
	default:
		emit(p->bytes, p->size);
	}
}

/* Emits a call with its own number and any other registers. */
static void emit_call(void)
{
	emit_with_word(0xB8, roll(4) ? __NR_getpid : __NR_sched_yield);
	emit("\xCD\x80", 2);
}

static void emit_landing(void)
{
	emit_with_word(0xB8, (unsigned)landing);
	emit("\xFF\xE0", 2);
}

void odd_code(void)
{
	at = 0;
	emit_registers();
	for (int i = 1 + roll(4); i > 0; i--)
		emit_piece();
	if (chance(30))
		emit_call();
	emit_landing();
	if (chance(5))
		for (int i = 0; i < 32; i++)
			code[roll(at)] = word();
	((void (*)(void))code)();
}

/* Leaves an unmasked exception pending for whatever comes next. */
void pending_fpu(void)
{
	static const unsigned short control = 0x340;

	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp" : :
			 "m"(control));
	grammar_call();
	if (chance(50))
		births();
	__asm__ volatile("fninit");
}
