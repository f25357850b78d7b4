/* Running another program (user/common/run.c). */
#ifndef RUN_H
#define RUN_H
struct rusage;
/* becomes the program, or exits with 126 or 127 after a message */
void exec_or_exit(char **argv) __attribute__((noreturn));
/* returns its status as wait() does, or -1 without a child */
int run_program(char **argv, struct rusage *usage);
#endif
