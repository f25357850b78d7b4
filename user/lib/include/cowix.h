/* Cowix's own calls. */
#ifndef COWIX_H
#define COWIX_H
#include <abi/audit.h>
#include <abi/plan.h>
#include <abi/taskinfo.h>
#include <abi/xfork.h>
int xfork(int policy, void *stack);
int mm_audit(struct audit_report *report, unsigned flags);
/*
 * Makes the n-th event of the kinds in what (PLAN_*) fail or sleep; 0: none.
 * Returns how many events were counted for the last plan.
 */
int plan_event(unsigned n, unsigned what);
static inline int fail_alloc(unsigned n)
{
	return plan_event(n, PLAN_ALLOC);
}
int ps(struct task_info *buf, int max, int start);
int mounts(char *buf, unsigned size);
#endif
