/* Fixed-width types and the few words that every kernel file uses. */
#ifndef COWIX_TYPES_H
#define COWIX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdarg.h>
#include <abi/types.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#define U8_MAX		0xFFu
#define U16_MAX		0xFFFFu
#define U32_MAX		0xFFFFFFFFu
#define U64_MAX		0xFFFFFFFFFFFFFFFFull
#define S64_MAX		0x7FFFFFFFFFFFFFFFll
#define S64_MIN		(-S64_MAX - 1)

typedef u16 kdev_t;			/* device number: major << 8 | minor */
#define MKDEV(major, minor)	((kdev_t)((major) << 8 | (minor)))
#define MAJOR(dev)		((dev) >> 8)
#define MINOR(dev)		((dev) & 0xFF)

#define NORETURN __attribute__((noreturn))
#define PACKED __attribute__((packed))
#define ALIGNED(n) __attribute__((aligned(n)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

static inline u32 min_u32(u32 a, u32 b)
{
	return a < b ? a : b;
}

static inline u32 max_u32(u32 a, u32 b)
{
	return a > b ? a : b;
}

#endif
