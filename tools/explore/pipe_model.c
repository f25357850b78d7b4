/*
 * What programs may expect of a pipe. All that is written comes out in that
 * order, once. A record of up to PIPE_BUF bytes is whole. Nobody sleeps who
 * need not.
 *
 * Each unit of data carries who wrote it, which of his units it is, and how
 * many are still to come of the same record.
 */
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "pipes.h"

struct model model;

const struct call *call_of(u32 who)
{
	return &calls[processes[who].call - FIRST_CALL];
}

bool is_role(u32 who, char role)
{
	return config->roles[who] == role || config->roles[who] == 'b';
}

static u32 unit_to_write(u32 who, u32 n)
{
	u32 all = call_of(who)->units, at = model.side[who].moved + n;
	u32 rest = all <= RECORD_MAX ? all - 1 - at : 0;

	return 0xDA000000 | rest << 16 | who << 8 |
		((model.side[who].written + n) & 63);
}

/* A unit leaves the pipe. */
static void check_unit(u32 unit)
{
	u32 who = unit >> 8 & 0xFF, rest = unit >> 16 & 0xFF;
	struct side *writer = &model.side[who];

	if (unit >> 24 != 0xDA || who >= nr_processes) {
		broken("somebody reads what nobody wrote: %x", unit);
		return;
	}
	rule((unit & 63) == writer->read,
	     "process %u wrote unit %u, and what is read is unit %u", who + 1,
	     writer->read, unit & 63);
	rule(!model.owed || model.owed_by == who,
	     "a record of process %u is torn", model.owed_by + 1);
	rule(!model.owed || model.owed == rest + 1, "a record is torn");
	model.owed = rest;
	model.owed_by = who;
	writer->read = (writer->read + 1) & 63;
}

static bool is_program(const void *at)
{
	return (u32)at < BUFFER + ALL_UNITS * UNIT;
}

/* Copies a unit into or out of the pipe. Returns what it is. */
static u32 copy_unit(u32 *at, u32 n, bool is_read)
{
	u32 *last = at + UNIT_WORDS - 1;

	if (!is_read)
		*at = *last = unit_to_write(who_runs(), n);
	rule(*at == *last, "the ends of a unit differ");
	return *at;
}

int __copy_user(void *to, const void *from, u32 n)
{
	struct side *side = &model.side[who_runs()];
	bool is_read = is_program(to);
	u32 place = (is_read ? (u32)to : (u32)from) - BUFFER;
	u32 *at = is_read ? (u32 *)from : to, found[ALL_UNITS];

	n /= UNIT;
	rule(place == side->moved * UNIT, "a part of the data is left out");
	side->inside = true;
	for (u32 i = 0; i < n; i++) {
		if (fails_here(AT_UNIT + i)) {
			side->inside = false;
			return -EFAULT;
		}
		found[i] = copy_unit(at + i * UNIT_WORDS, i, is_read);
	}
	side->inside = false;
	side->moved += n;
	if (!is_read)
		side->written = (side->written + n) & 63;
	for (u32 i = 0; is_read && i < n; i++)
		check_unit(found[i]);
	return 0;
}

void send_signal(int sig, struct task_struct *to)
{
	struct side *side = &model.side[(union task_frame *)to - frames];

	rule(sig == SIGPIPE && !side->killed, "signal %d is sent", sig);
	side->killed = true;
}

/* All who had the pipe open have closed it. */
void nobody_has_it(void)
{
	for (u32 who = 0; who < nr_processes; who++)
		model.side[who].read = model.side[who].written;
	model.owed = 0;
}

u32 units_by_model(void)
{
	u32 n = 0;

	for (u32 who = 0; who < nr_processes; who++)
		n += (model.side[who].written - model.side[who].read) & 63;
	return n;
}

static void check_read(u32 who, const struct call *call, int n)
{
	switch (n) {
	case 0:
		rule(!count_open('w') && !units_in_pipe(),
		     "the file ends for process %u too early", who + 1);
		return;
	case -EAGAIN:
		rule(call->flags & O_NONBLOCK && !units_in_pipe() &&
			     count_open('w'),
		     "process %u reads nothing without a reason", who + 1);
		return;
	}
	rule(n <= 0 || (u32)n == call->units * UNIT ||
		     processes[who].has_failed || !units_in_pipe(),
	     "process %u reads less than there is", who + 1);
}

/* Returns how many units a write needs room for, before it goes on. */
static u32 units_wanted(u32 who)
{
	u32 all = call_of(who)->units;

	return all <= RECORD_MAX ? all - model.side[who].moved : 1;
}

static void check_write(u32 who, const struct call *call, int n)
{
	bool all = n == (int)(call->units * UNIT);
	bool may_stop = signal_pending(task_of(who)) ||
		processes[who].has_failed || !count_open('r') ||
		(call->flags & O_NONBLOCK && units_of_room() < 1);

	rule(n <= 0 || all || call->units > RECORD_MAX,
	     "process %u writes a part of a record", who + 1);
	rule(n != 0, "process %u writes nothing", who + 1);
	rule(n != -EPIPE || !count_open('r'), "-EPIPE with a reader");
	rule(n == -EPIPE ? model.side[who].killed : true, "no SIGPIPE");
	rule(n <= 0 || all || may_stop, "process %u stops too early", who + 1);
	rule(n != -EAGAIN || (call->flags & O_NONBLOCK &&
			      units_of_room() < units_wanted(who)),
	     "process %u writes nothing without a reason", who + 1);
}

static void check_open(u32 who, const struct call *call, int n)
{
	rule(n != -ENXIO || (call->flags & O_NONBLOCK && is_role(who, 'w') &&
			     !count_open('r')),
	     "-ENXIO for process %u without a reason", who + 1);
	rule(n != -EAGAIN, "an open that does not wait");
}

void check_result(u32 who)
{
	const struct call *call = call_of(who);
	struct process *p = &processes[who];
	struct side *side = &model.side[who];

	rule(p->result != -ERESTARTSYS || signal_pending(task_of(who)),
	     "process %u ends a call without a signal", who + 1);
	rule((p->result != -ENOMEM && p->result != -EFAULT) || p->has_failed,
	     "process %u gets error %d", who + 1, -p->result);
	if (call->kind == WRITE_IT && call->units <= RECORD_MAX &&
	    p->result < 0) {		/* it has taken back what it wrote */
		side->written = (side->written - side->moved) & 63;
		side->moved = 0;
	}
	if (call->kind == READ_IT || call->kind == WRITE_IT)
		rule(side->moved * UNIT == (p->result > 0 ? p->result : 0),
		     "process %u has moved %u units, and is told of %d bytes",
		     who + 1, side->moved, p->result);
	if (call->kind == READ_IT)
		check_read(who, call, p->result);
	if (call->kind == WRITE_IT)
		check_write(who, call, p->result);
	if (call->kind == OPEN_IT)
		check_open(who, call, p->result);
	side->moved = side->killed = 0;
}

bool somebody_inside(void)
{
	for (u32 who = 0; who < nr_processes; who++)
		if (model.side[who].inside)
			return true;
	return false;
}

/* Nobody sleeps who could go on. */
void check_sleepers(void)
{
	for (u32 who = 0; who < nr_processes; who++) {
		u32 kind;

		if (!is_asleep(who) || somebody_inside())
			continue;
		kind = call_of(who)->kind;
		if (kind == READ_IT)
			rule(!units_in_pipe() && count_open('w'),
			     "process %u sleeps, and could read", who + 1);
		if (kind == WRITE_IT)
			rule(units_of_room() < units_wanted(who) &&
				     count_open('r'),
			     "process %u sleeps, and could write", who + 1);
		if (kind == OPEN_IT)
			rule(!other_has_come(who),
			     "process %u sleeps, and the other side has come",
			     who + 1);
	}
}
