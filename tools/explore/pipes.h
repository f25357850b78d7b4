/* The worlds of pipes: what their files share. See docs/explore.md. */
#ifndef PIPES_H
#define PIPES_H

#include <cowix/fs.h>
#include "several.h"

/* Data comes in units, of which only the first and last words are looked at. */
#define UNIT		(PAGE_SIZE / 2)
#define UNIT_WORDS	(UNIT / sizeof(u32))
#define BUFFER		0x10000u	/* a program's; nothing is there */
#define RECORD_MAX	2u		/* units in PIPE_BUF */
#define ALL_UNITS	4u		/* in the longest call */
#define PIPE_BYTES	256u		/* room for a struct pipe */

/* Where a process may have to wait amid something. */
enum { AT_PAGE = 1, AT_OBJECT, AT_UNIT };

enum kind { READ_IT, WRITE_IT, OPEN_IT, CLOSE_IT, RESIZE_IT };

struct call {
	const char *name;
	enum kind kind;
	u32 units;		/* pages, of RESIZE_IT */
	u32 flags;		/* O_NONBLOCK */
};

struct pipe_config {
	const char *roles;	/* of each process, r, w or b (both) */
	bool has_name;		/* a file, which can be opened again */
	bool fails;
	bool signals;		/* come */
	bool watched;		/* somebody polls it */
	bool near_wrap;		/* its counters are about to wrap around */
	u32 pages;		/* of the ring at first */
	u32 calls;		/* bit n: call n */
};

/* What a process did, and should find. */
struct side {
	bool is_open;
	bool inside;		/* the pipe: in a copy, or in need of a page */
	bool killed;		/* has got SIGPIPE in this call */
	u8 moved;		/* units in this call */
	u8 written, read;	/* of its units, in all, modulo 64 */
};

extern struct model {
	struct side side[PROCESSES];
	u8 owed;		/* units to come until a record is whole */
	u8 owed_by;
	u32 told;		/* events of this step */
	u32 untold[2];		/* news that a reader, a writer must hear */
} model;
extern const struct pipe_config *config;
extern const struct call calls[];

/* pipe_rest.c */
extern struct inode the_inode;
extern struct file files[PROCESSES];
u32 pages_used(void);
u32 pipes_used(void);
bool is_page_used(const void *page);

/* pipes.c */
u32 units_in_pipe(void);
u32 units_of_room(void);
u32 count_open(char role);
bool other_has_come(u32 who);

/* pipe_model.c */
const struct call *call_of(u32 who);
bool is_role(u32 who, char role);
void nobody_has_it(void);
u32 units_by_model(void);
bool somebody_inside(void);
void check_sleepers(void);

#endif
