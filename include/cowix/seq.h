/* Texts that are made while they are read. */
#ifndef COWIX_SEQ_H
#define COWIX_SEQ_H

#include <cowix/types.h>

struct inode;

/*
 * The page of a text that is being read: what is printed before and behind it
 * is only counted.
 */
struct seq {
	char *buf;
	u32 from;	/* position in the text of the page's first character */
	u32 at;			/* characters printed so far */
	struct inode *inode;	/* the file */
};

bool seq_skip(struct seq *s, u32 n);	/* a line of n characters */
void seq_write(struct seq *s, const char *text, u32 n);
void seq_printf(struct seq *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));	/* at most 255 characters */

#endif
