/* futex() */
#ifndef ABI_FUTEX_H
#define ABI_FUTEX_H

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_CMD_MASK		(~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

/* FUTEX_WAKE_OP's last argument: operation, comparison, and 12 bits for each */
#define FUTEX_OP(op, arg, cmp, with) \
	((unsigned)(op) << 28 | (unsigned)(cmp) << 24 | ((arg)&0xFFF) << 12 | \
	 ((with)&0xFFF))
#define FUTEX_OP_SET		0
#define FUTEX_OP_ADD		1
#define FUTEX_OP_OR		2
#define FUTEX_OP_ANDN		3
#define FUTEX_OP_XOR		4
#define FUTEX_OP_ARG_SHIFT	8 /* or'ed: the argument is the bit's number */
#define FUTEX_OP_CMP_EQ		0
#define FUTEX_OP_CMP_NE		1
#define FUTEX_OP_CMP_LT		2
#define FUTEX_OP_CMP_LE		3
#define FUTEX_OP_CMP_GT		4
#define FUTEX_OP_CMP_GE		5

#define FUTEX_BITSET_ALL	0xFFFFFFFFu
#define FUTEX_ALL		0x7FFFFFFFu

/* The word of a robust lock: its owner's number, and these */
#define FUTEX_TID_MASK		0x3FFFFFFFu
#define FUTEX_OWNER_DIED	0x40000000u
#define FUTEX_WAITERS		0x80000000u

#endif
