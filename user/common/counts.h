/* Compares what the kernel counts, before and after (counts.c). */
#ifndef COUNTS_H
#define COUNTS_H

struct audit_report;

/* Returns the first difference that no test may leave behind, or NULL. */
const char *counts_difference(const struct audit_report *before,
			      const struct audit_report *after);

#endif
