#ifndef SYS_RESOURCE_H
#define SYS_RESOURCE_H
#include <abi/resource.h>
int getrusage(int who, struct rusage *usage);
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);
#endif
