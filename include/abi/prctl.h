/* prctl() */
#ifndef ABI_PRCTL_H
#define ABI_PRCTL_H

#define PR_SET_NAME	15
#define PR_GET_NAME	16

#endif
