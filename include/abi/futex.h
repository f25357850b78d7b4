/* futex() */
#ifndef ABI_FUTEX_H
#define ABI_FUTEX_H

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_CMD_MASK		0x7F

#define FUTEX_BITSET_ALL	0xFFFFFFFFu
#define FUTEX_ALL		0x7FFFFFFFu

/* The word of a robust lock: its owner's number, and these */
#define FUTEX_TID_MASK		0x3FFFFFFFu
#define FUTEX_OWNER_DIED	0x40000000u
#define FUTEX_WAITERS		0x80000000u

#endif
