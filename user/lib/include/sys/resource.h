#ifndef SYS_RESOURCE_H
#define SYS_RESOURCE_H
#include <abi/resource.h>
#endif
