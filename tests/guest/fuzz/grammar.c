/*
 * Calls by a weighted grammar. The dice choose a table of calls, then a call by
 * its weight, then each argument by its letter. Results go to the pools.
 */
#include <stdarg.h>
#include "fuzz.h"

static const struct {
	const struct call *calls;
	unsigned weight;
} tables[] = {
	{ file_calls, 36 }, { task_calls, 27 }, { memory_calls, 18 },
	{ old_calls, 9 }, { socket_calls, 10 },
};

long call(int number, ...)
{
	va_list list;
	unsigned a[6];
	long result;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, unsigned);
	va_end(list);
	shared->tried[number]++;
	result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (result != -1)
		shared->succeeded[number]++;
	return result;
}

/* Returns the sum of a table's weights. */
static unsigned weight_of(const struct call *calls)
{
	unsigned sum = 0;

	for (; calls->arguments; calls++)
		sum += calls->weight;
	return sum;
}

static const struct call *choose(const struct call *calls)
{
	unsigned at = roll(weight_of(calls));

	for (; at >= calls->weight; calls++)
		at -= calls->weight;
	return calls;
}

static const struct call *choose_call(void)
{
	unsigned at = roll(100), table = 0;

	for (; at >= tables[table].weight; table++)
		at -= tables[table].weight;
	return choose(tables[table].calls);
}

static void keep(int gives, long result)
{
	if (result == -1)
		return;
	if (gives == FD)
		add_fd(result);
	else if (gives == PID && result > 0)
		add_pid(result);
	else if (gives == ADDRESS)
		add_place(result);
}

void grammar_call(void)
{
	const struct call *c = choose_call();
	unsigned a[6] = { 0 };

	if (c->gives & ROOT && !as_root && !chance(10))
		return;
	for (int i = 0; c->arguments[i]; i++)
		a[i] = argument(c->arguments[i]);
	keep(c->gives & ~ROOT, call(c->number, a[0], a[1], a[2], a[3], a[4],
				    a[5]));
}
