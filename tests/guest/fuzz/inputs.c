/* Structures that calls read: plausible, with an odd field at times. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <abi/clone.h>
#include <abi/futex.h>
#include <abi/ldt.h>
#include <abi/poll.h>
#include <abi/uio.h>
#include "fuzz.h"

#define SLOTS	8
#define SLOT	64			/* words of a structure at most */

static unsigned slots[SLOTS][SLOT];
static char *vector[] = { "x", "some argument", "", NULL };

/* Returns a time that is soon over. */
static unsigned nanoseconds(void)
{
	return chance(95) ? roll(2000000) : wild_word();
}

static void times(unsigned *w)
{
	w[1] = nanoseconds();
	w[3] = chance(50) ? 0x3FFFFFFF - roll(2) : nanoseconds();
	w[0] = chance(3) ? wild_word() : 0;
	w[2] = 0;
}

static void long_times(unsigned *w)
{
	w[2] = nanoseconds();
	w[6] = nanoseconds();
	w[1] = chance(3) ? wild_word() : 0;
}

static void microseconds(unsigned *w)
{
	w[1] = roll(20000);
	w[3] = roll(20000);
}

static void vectors(unsigned *w)
{
	for (int i = 0; i < 8; i += 2) {
		w[i] = argument('b');
		w[i + 1] = argument('n');
	}
}

static void poll_set(unsigned *w)
{
	for (int i = 0; i < 8; i += 2) {
		w[i] = some_fd();
		w[i + 1] = roll(64);
	}
}

static void bits(unsigned *w)
{
	w[0] = word();
	w[1] = chance(50) ? 0 : word();
}

/* Makes a set that mostly leaves SIGALRM and the faults unblocked. */
static void set(unsigned *w)
{
	bits(w);
	if (chance(90))
		w[0] &= ~(1u << (SIGALRM - 1) | 1u << (SIGSEGV - 1));
}

static void nothing(int sig)
{
	(void)sig;
}

static void action(unsigned *w)
{
	const unsigned handlers[] = { 0, 1, (unsigned)nothing,
				      (unsigned)landing };

	w[0] = chance(95) ? handlers[roll(4)] : wild_word();
	w[1] = word() & 0xF8000007;
	w[2] = chance(50) ? 0 : wild_word();
	if (!chance(20))
		w[1] &= ~0x04000000u;		/* SA_RESTORER */
}

static void lock(unsigned *w)
{
	struct flock *l = (struct flock *)w;

	l->l_type = roll(chance(95) ? 3 : 9);
	l->l_whence = roll(3);
	l->l_start = chance(90) ? roll(20) : wild_word();
	l->l_len = chance(90) ? roll(20) : wild_word();
}

static void long_lock(unsigned *w)
{
	struct flock64 *l = (struct flock64 *)w;

	l->l_type = roll(3);
	l->l_whence = roll(3);
	l->l_start = chance(90) ? roll(20) : wild_word();
	l->l_len = chance(90) ? roll(20) : wild_word();
}

static void segment(unsigned *w)
{
	w[0] = chance(70) ? (unsigned)-1 : 6 + roll(3);
	w[1] = chance(50) ? some_place() : wild_word();
	w[2] = chance(50) ? 0xFFFFF : wild_word();
	w[3] = chance(50) ? 0x51 : word() & 0x7F;
}

static void clone_arguments(unsigned *w)
{
	struct clone_args *c = (struct clone_args *)w;

	c->flags = 0;
	if (!chance(50))
		c->flags = word() & (chance(90) ? 0x01F00600 : 0x01F14F00);
	c->exit_signal = argument('s');
	if (c->flags & CLONE_VM || chance(20)) {
		c->stack = some_place();
		c->stack_size = PAGE;
	}
	c->child_tid = some_place();
	c->parent_tid = some_place();
}

static void limit(unsigned *w)
{
	w[0] = chance(80) ? 16 + roll(1 << 22) : wild_word();
	w[1] = chance(80) ? 0x7FFFFFFF : wild_word();
}

static void stack(unsigned *w)
{
	w[0] = (unsigned)alternate_stack;
	w[2] = ALTERNATE;
	if (chance(80))
		return;
	w[0] = some_place();
	w[1] = roll(5);
	w[2] = chance(70) ? ALTERNATE : wild_word();
}

static void junk(unsigned *w)
{
	for (int i = 0; i < SLOT; i++)
		w[i] = word();
}

static void terminal_modes(unsigned *w)
{
	for (int i = 0; i < 10; i++)
		w[i] = word() & word();
}

static void robust(unsigned *w)
{
	w[0] = chance(50) ? (unsigned)w : some_place();
	w[1] = chance(50) ? 4 : wild_word();
	w[2] = some_place();
}

static void queued(unsigned *w)
{
	w[0] = argument('s');
	w[2] = -(1 + roll(8));
	w[3] = getpid();
}

static void text(unsigned *w)
{
	static const char *const texts[] = {
		"tmpfs", "minix", "proc", "fuzz", "size=64k", "",
	};

	strcpy((char *)w, texts[roll(ARRAY(texts))]);
}

/* Makes the arguments of the old mmap() and select(). */
static void arguments_of_mmap(unsigned *w)
{
	static const char kinds[] = "alrMfz";

	for (int i = 0; i < 6; i++)
		w[i] = argument(kinds[i]);
}

static void arguments_of_select(unsigned *w)
{
	w[0] = roll(40);
	for (int i = 1; i < 4; i++)
		w[i] = (unsigned)slots[roll(SLOTS)];
	w[4] = input('v');
}

static void small_word(unsigned *w)
{
	w[0] = roll(4);
}

static void room_for_name(unsigned *w)
{
	w[0] = chance(95) ? roll(120) : wild_word();
}

static void (*const makers[128])(unsigned *) = {
	['T'] = times, ['t'] = long_times, ['v'] = microseconds,
	['E'] = microseconds, ['I'] = vectors, ['H'] = poll_set, ['Z'] = bits,
	['Y'] = set, ['G'] = action, ['L'] = lock, ['J'] = long_lock,
	['U'] = segment, ['C'] = clone_arguments, ['R'] = limit, ['K'] = stack,
	['B'] = junk, ['y'] = terminal_modes, ['d'] = robust, ['Q'] = queued,
	['N'] = text, ['g'] = arguments_of_mmap,
	['_'] = arguments_of_select, ['F'] = small_word, ['P'] = make_name,
	['#'] = make_header, ['%'] = room_for_name,
};

unsigned input(char kind)
{
	unsigned *w = slots[roll(SLOTS)];

	if (kind == 'V')
		return (unsigned)vector;
	if (kind != 'K' && chance(6))
		return 0;
	memset(w, 0, sizeof(slots[0]));
	makers[(int)kind](w);
	return (unsigned)w;
}
