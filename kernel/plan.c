/* Where the planner of failures and sleeps hooks in while there is a plan. */
#include <cowix/plan.h>

bool (*planner)(u32 event);
