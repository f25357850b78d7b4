/* sysinfo(): sizes in units of mem_unit bytes. */
#ifndef ABI_SYSINFO_H
#define ABI_SYSINFO_H

struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram, freeram, sharedram, bufferram, totalswap,
		freeswap;
	unsigned short procs, pad;
	unsigned long totalhigh, freehigh;
	unsigned int mem_unit;
	char unused[8];
};

#endif
