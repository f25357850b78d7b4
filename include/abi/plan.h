/* fail_alloc(n, what), Cowix's call 516: what counts, and what then happens. */
#ifndef ABI_PLAN_H
#define ABI_PLAN_H

#define PLAN_END 0		/* the thread ends, and no event of it comes */
#define PLAN_ALLOC 1		/* memory is asked for: a frame or an object */
#define PLAN_READ 2	/* a block of a device is read, from memory or not */
#define PLAN_COPY 4		/* the program's memory is read or written */
#define PLAN_PAGE 8	/* a page of a file or from swap is looked for */
#define PLAN_EVENTS 15
#define PLAN_SLEEP 16		/* all others run meanwhile; else it fails */

#endif
