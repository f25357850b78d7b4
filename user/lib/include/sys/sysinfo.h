#ifndef SYS_SYSINFO_H
#define SYS_SYSINFO_H
#include <abi/sysinfo.h>
int sysinfo(struct sysinfo *info);
#endif
