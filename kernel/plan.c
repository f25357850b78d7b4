/* The hook of the planner of failures and sleeps (kernel/debug/fail.c). */
#include <cowix/plan.h>

bool (*planner)(u32 event);
