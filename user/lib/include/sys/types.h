#ifndef SYS_TYPES_H
#define SYS_TYPES_H
#include <abi/types.h>
#endif
