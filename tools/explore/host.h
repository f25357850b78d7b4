/*
 * What all worlds need of the host: the variables of the kernel's files, which
 * are part of a state, and stacks to change between.
 */
#ifndef HOST_H
#define HOST_H

#include <cowix/types.h>

/* Save and restore all variables of the kernel's files. */
u32 variables_size(void);
void save_variables(void *state);
void restore_variables(const void *state);

/* Pushes the registers that a function must keep, and exchanges the stacks. */
void switch_stacks(u32 *save_esp, u32 esp);

#endif
