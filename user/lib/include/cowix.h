/* Cowix's own calls. */
#ifndef COWIX_H
#define COWIX_H
#include <abi/audit.h>
#include <abi/taskinfo.h>
#include <abi/xfork.h>
int xfork(int policy, void *stack);
int mm_audit(struct audit_report *report, unsigned flags);
int fail_alloc(unsigned n);	/* the n-th allocation of memory from now on fails; 0: none. How many were counted for the last plan */
int ps(struct task_info *buf, int max, int start);
int mounts(char *buf, unsigned size);
#endif
