/* Shared by the targets of the native fuzzer. README.md tells of them. */
#ifndef NATIVE_H
#define NATIVE_H

/* Ends the run, and its input is kept, if something is not as it must be. */
#define must(true_thing)                                                      \
	do {                                                                  \
		if (!(true_thing))                                            \
			__builtin_trap();                                     \
	} while (0)

#define DISK_SECTORS 20000u

#endif
