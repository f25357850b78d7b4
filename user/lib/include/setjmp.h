#ifndef SETJMP_H
#define SETJMP_H
typedef unsigned long jmp_buf[6];
int setjmp(jmp_buf env);
void longjmp(jmp_buf env, int value) __attribute__((noreturn));
#endif
