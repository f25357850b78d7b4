/* Kernel parameters: kernel/params.c. param_get() is in cowix/kernel.h. */
#ifndef COWIX_PARAMS_H
#define COWIX_PARAMS_H

void params_init(char *text);
char **params_environment(void);

#endif
