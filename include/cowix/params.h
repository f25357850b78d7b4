/* Kernel parameters: kernel/params.c. param_get() is in cowix/kernel.h. */
#ifndef COWIX_PARAMS_H
#define COWIX_PARAMS_H

extern char *params[];		/* all of them, NULL-terminated */
void params_init(char *text);
char **params_environment(void);

#endif
