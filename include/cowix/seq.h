/* Texts that are made while they are read. */
#ifndef COWIX_SEQ_H
#define COWIX_SEQ_H

#include <cowix/types.h>

struct inode;

/* The page of a text that is being read. The rest is only counted. */
struct seq {
	char *buf;		/* the page */
	u32 from;		/* position of its first character */
	u32 at;			/* characters printed so far */
	struct inode *inode;	/* the file */
};

bool seq_skip(struct seq *s, u32 n);
void seq_write(struct seq *s, const char *text, u32 n);
void seq_printf(struct seq *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
