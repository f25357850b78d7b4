/*
 * free
 * Prints the use of memory, in KB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <util.h>

static unsigned long kb(const struct sysinfo *info, unsigned long units)
{
	return (unsigned long long)units * info->mem_unit / 1024;
}

/* Returns the page cache in KB, from /proc if that is mounted. */
static unsigned cached(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[80];
	unsigned kb = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "Cached:", 7) == 0)
			kb = strtoul(line + 7, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

int main(int argc, char **argv)
{
	struct sysinfo info;

	(void)argc;
	util_start(argv);
	if (sysinfo(&info) < 0)
		die("sysinfo");
	printf("%12s %9s %9s %9s\n", "total", "used", "free", "cache");
	printf("Mem: %7lu %9lu %9lu %9lu\n", kb(&info, info.totalram),
	       kb(&info, info.totalram - info.freeram), kb(&info, info.freeram),
	       kb(&info, info.bufferram) + cached());
	printf("Swap: %6lu %9lu %9lu\n", kb(&info, info.totalswap),
	       kb(&info, info.totalswap - info.freeswap),
	       kb(&info, info.freeswap));
	return 0;
}
