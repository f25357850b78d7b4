/* Signal frames that no kernel made, given to sigreturn; and odd stacks. */
#include <signal.h>
#include "fuzz.h"

#define FPU_BYTES	(112 + 512)
#define EFLAGS_WILD	0x003F7FD5u	/* with VM, NT, IOPL, TF, AC, RF, ID */

static unsigned fpu_state[FPU_BYTES / 4] __attribute__((aligned(16)));
static unsigned frame[256] __attribute__((aligned(16)));

static unsigned selector(void)
{
	static const unsigned short some[] = {
		0, 3, 0x08, 0x10, 0x18, 0x1B, 0x20, 0x23, 0x2B, 0x28, 0x33,
		0x3B, 0x43, 0x4B, 0x07, 0x0F, 0xFFFF, 0xFFF8,
	};

	return some[roll(ARRAY(some))];
}

/* Forges an FPU image: exceptions pending and unmasked, reserved bits set. */
static void forge_fpu(void)
{
	for (unsigned i = 0; i < ARRAY(fpu_state); i++)
		fpu_state[i] = chance(70) ? word() : 0;
	if (chance(50)) {
		fpu_state[0] = 0xFFFF0340;
		fpu_state[1] = 0xFFFF80BF;
	}
	if (chance(50))
		fpu_state[27] = chance(50) ? 0 : 0xFFFF0000;
}

static void forge_context(struct sigcontext *sc)
{
	unsigned *w = (unsigned *)sc;

	for (unsigned i = 0; i < sizeof(*sc) / 4; i++)
		w[i] = chance(70) ? some_place() : wild_word();
	sc->gs = chance(60) ? 0 : selector();
	sc->fs = chance(60) ? 0 : selector();
	sc->es = chance(70) ? 0x23 : selector();
	sc->ds = chance(70) ? 0x23 : selector();
	sc->cs = chance(70) ? 0x1B : selector();
	sc->ss = chance(70) ? 0x23 : selector();
	sc->eip = chance(85) ? (unsigned)landing : wild_word();
	sc->eflags = chance(30) ? 0x202 : word() & EFLAGS_WILD;
	sc->fpstate = NULL;
	if (chance(50)) {
		forge_fpu();
		sc->fpstate = (char *)fpu_state + (chance(90) ? 0 : roll(16));
		if (chance(5))
			sc->fpstate = (void *)wild_word();
	}
	sc->oldmask = chance(80) ? 0 : word();
}

static void return_from(int number, const void *esp)
{
	shared->tried[number]++;
	shared->succeeded[number]++;
	__asm__ volatile("movl %1, %%esp\n\tint $0x80\n\tjmp landing"
			 : : "a"(number), "r"(esp) : "memory");
	__builtin_unreachable();
}

/*
 * Forges struct sigframe: return address, signal, context; the first is popped.
 */
static void old_frame(void)
{
	forge_context((struct sigcontext *)(frame + 2));
	return_from(__NR_sigreturn, frame + 2);
}

/* Forges struct rt_sigframe: four words, siginfo, ucontext. */
static void new_frame(void)
{
	struct ucontext *uc = (void *)((char *)(frame + 4) + sizeof(siginfo_t));

	memcpy(&uc->uc_stack, (void *)input('K'), sizeof(uc->uc_stack));
	forge_context(&uc->uc_mcontext);
	uc->uc_sigmask[0] = chance(80) ? 0 : word();
	return_from(__NR_rt_sigreturn, frame + 1);
}

void forged_frame(void)
{
	if (chance(8))
		return_from(chance(50) ? __NR_sigreturn : __NR_rt_sigreturn,
			    (void *)some_place());
	if (chance(50))
		old_frame();
	new_frame();
}

/*
 * Takes a signal with the stack pointer anywhere, with or without another
 * stack.
 */
void odd_stack(void)
{
	const unsigned esp = chance(60) ? some_place() + PAGE : wild_word();

	__asm__ volatile("movl %0, %%esp\n\tint $0x80\n\tud2"
			 : : "r"(esp), "a"(__NR_tkill), "b"(getpid()),
			     "c"(SIGUSR1 + roll(3)) : "memory");
}
