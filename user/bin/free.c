/* free: memory, in KB */
#include <stdio.h>
#include <sys/sysinfo.h>
#include <util.h>

int main(int argc, char **argv)
{
	struct sysinfo info;
	unsigned kb;

	(void)argc;
	util_init(argv[0]);
	if (sysinfo(&info) < 0)
		die("sysinfo");
	kb = info.mem_unit / 1024;
	printf("%12s %9s %9s %9s\n", "total", "used", "free", "cache");
	printf("Mem: %7lu %9lu %9lu %9lu\n", info.totalram * kb, (info.totalram - info.freeram) * kb, info.freeram * kb,
	       info.bufferram * kb);
	printf("Swap: %6lu %9lu %9lu\n", info.totalswap * kb, (info.totalswap - info.freeswap) * kb, info.freeswap * kb);
	return 0;
}
