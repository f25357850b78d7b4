/* The expressions of test and [ (test_expression.c). */
#ifndef TEST_EXPRESSION_H
#define TEST_EXPRESSION_H

/*
 * Evaluates the arguments of a command whose name is test or [. Returns 0 for
 * true, 1 for false, 2 after a complaint.
 */
int test_expression(int argc, char **argv);

#endif
