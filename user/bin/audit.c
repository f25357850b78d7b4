/*
 * audit [-d]
 * Runs the kernel's memory audit (call 513) and prints its counts; -d drops
 * caches first. Exit status 1 means that a rule is broken.
 */
#include <cowix.h>
#include <stdio.h>
#include <unistd.h>
#include <util.h>

int main(int argc, char **argv)
{
	static const char *const names[NR_OWNERS] = OWNER_NAMES;
	struct audit_report r;
	int found, option, flags = 0;

	util_start(argv);
	while ((option = getopt(argc, argv, "d")) != -1) {
		if (option == '?')
			usage();
		flags = AUDIT_DROP_CACHES;
	}
	found = mm_audit(&r, flags);
	if (found < 0)
		die("mm_audit");
	printf("mismatches %u\nframes: total %u, free %u, cache %u, "
	       "kernel objects %u, page tables %u\nuser entries %u\n",
	       r.mismatches, r.frames_total, r.frames_free, r.frames_cache,
	       r.frames_kernel, r.frames_tables, r.frames_user);
	printf("owners: ");
	for (int i = 0; i < NR_OWNERS; i++) {
		const char *gap = i % 7 == 6 ? ",\n" : ", ";

		if (i == NR_OWNERS - 1)
			gap = "\n";
		printf("%s %u%s", names[i], r.owned[i], gap);
	}
	printf("inodes %u, open files %u, buffers %u, tasks %u\n",
	       r.inodes_used, r.files_used, r.buffers_used, r.tasks);
	return found > 0;
}
