/* Running another program (user/common/run.c). */
#ifndef RUN_H
#define RUN_H
struct rusage;
/* become the program; 126 or 127 with a message if that fails */
void exec_or_exit(char **argv) __attribute__((noreturn));
/* its status as wait() has it, or -1 without a child */
int run_program(char **argv, struct rusage *usage);
#endif
