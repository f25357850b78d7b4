/*
 * The frame of the test programs in tests/guest (user/common/check.c). A test
 * is one function for one behaviour. It runs in a process of its own, with a
 * time limit.
 */
#ifndef CHECK_H
#define CHECK_H
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test {
	const char *name, *what;
	void (*run)(void);
};

/* Fails the test with place, expression and errno. */
void check_failed(const char *file, int line, const char *what)
	__attribute__((noreturn));
#define CHECK(e) ((e) ? (void)0 : check_failed(__FILE__, __LINE__, #e))
#define CHECK_ERRNO(e, number) CHECK((e) == -1 && errno == (number))

#define TESTS(...) \
	int main(int argc, char **argv) \
	{ \
		static const struct test tests[] = { __VA_ARGS__, { 0 } }; \
		return run_tests(tests, argc, argv); \
	}
int run_tests(const struct test *tests, int argc, char **argv);
struct sysinfo;
int pages_info(struct sysinfo *info);	/* sysinfo() in pages */
int on_cowix(void);			/* 1 if there is the memory audit */
int on_64_bits(void);	/* 1 if the program has all 4 GB */
int wait_status(int pid);		/* waits for a child; raw status */
void sleep_ms(long ms);			/* signals shorten it */
long now_ms(void);			/* monotonic clock */
#endif
