#ifndef LIMITS_H
#define LIMITS_H
#define CHAR_BIT 8
#define UCHAR_MAX 255
#define INT_MAX 2147483647
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 4294967295u
#define LONG_MAX INT_MAX
#define LONG_MIN INT_MIN
#define ULONG_MAX 4294967295ul
#define PATH_MAX 4096
#define PIPE_BUF 4096
#endif
