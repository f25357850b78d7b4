/*
 * The stack that a program starts with: strings, pointers to them, and the
 * auxiliary vector (System V ABI, Intel386 supplement, "Process
 * Initialization"). It is built from the top down in pages of the new address
 * space, which are allocated as needed. Nobody else knows that space yet, so
 * its pages stay in place until exec hands it over.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "exec.h"

#define STACK_BOTTOM	(STACK_TOP - STACK_MAX)
#define ARGS_MIN	(128u * 1024)	/* bytes that any program gets */
#define ARGS_MAX	(STACK_MAX / 4 * 3)
#define STRING_MAX	(128u * 1024)	/* one string, with its NUL */
#define AUXV_WORDS	36u
#define WORD		sizeof(u32)

/* Returns how many bytes the strings and pointers may take together. */
static u32 args_limit(void)
{
	u32 quarter = current->rlimits[RLIMIT_STACK].rlim_cur / 4;

	return max_u32(min_u32(quarter, ARGS_MAX), ARGS_MIN);
}

/*
 * Returns the kernel address of a place on the new stack, or NULL if there is
 * no memory. Allocates the page if it is missing, which may sleep.
 */
static void *place_at(struct program *p, u32 addr)
{
	pte_t *entry = find_pte(p->mm, addr);
	u32 frame;

	if (entry && *entry)
		return (u8 *)__va(PTE_FRAME(*entry)) + OFFSET_IN_PAGE(addr);
	frame = get_zeroed_page();
	if (!frame || put_page_at(p->mm, PAGE_ROUND_DOWN(addr), frame,
				  PTE_P | PTE_U | PTE_W | PTE_A) < 0)
		return NULL;
	return (u8 *)__va(frame) + OFFSET_IN_PAGE(addr);
}

/* Copies n bytes to the stack address `to`; `user`: from the program. */
static int fill_stack(struct program *p, u32 to, const void *from, u32 n,
		      bool user)
{
	const u8 *source = from;

	while (n > 0) {
		u32 part = min_u32(n, PAGE_SIZE - OFFSET_IN_PAGE(to));
		void *target = place_at(p, to);
		int error = target ? 0 : -ENOMEM;

		if (target && user)
			error = copy_from_user(
				target, (__force const void __user *)source,
				part);
		else if (target)
			memcpy(target, source, part);
		if (error)
			return error;
		to += part;
		source += part;
		n -= part;
	}
	return 0;
}

/* Puts n bytes below what is on the stack. */
static int push(struct program *p, const void *from, u32 n, bool user)
{
	if (n > p->at - p->bottom)
		return -E2BIG;
	p->at -= n;
	return fill_stack(p, p->at, from, n, user);
}

static int push_kernel_string(struct program *p, const char *s)
{
	return push(p, s, strlen(s) + 1, false);
}

/*
 * Lets other tasks run: a million strings take time. Returns -EINTR if the
 * process is killed.
 */
static int take_turns(void)
{
	if (current->work & WORK_RESCHED)
		schedule();
	return current->process->group_work & GROUP_EXIT ? -EINTR : 0;
}

/* Returns how many pointers an argv or envp has before its NULL, or -E2BIG. */
static int count_pointers(const u32 __user *list, u32 limit)
{
	u32 pointer = 0, n = 0;
	int error = 0;

	while (list && !error) {
		error = get_user_u32(&pointer, list + n);
		if (error || !pointer)
			break;
		error = ++n > limit / WORD ? -E2BIG : take_turns();
	}
	return error ? error : (int)n;
}

/*
 * Pushes a string of the caller's. Stores its NUL again: another thread may
 * have overwritten that after the string was measured.
 */
static int push_user_string(struct program *p, u32 string)
{
	int length = strnlen_user((const char __user *)string, STRING_MAX);
	int error;

	if (length < 0)
		return length == -ENAMETOOLONG ? -E2BIG : length;
	error = push(p, (const void *)string, length + 1, true);
	return error ? error : fill_stack(p, p->at + length, "", 1, false);
}

/* Pushes the strings of a list, the last first, so that they lie in order. */
static int push_strings(struct program *p, const u32 __user *list, u32 count)
{
	int error = 0;

	while (count-- > 0 && !error) {
		u32 string;

		error = get_user_u32(&string, list + count);
		if (!error)
			error = push_user_string(p, string);
		if (!error)
			error = take_turns();
	}
	return error;
}

/*
 * Makes the address space with a stack of the largest size; finish_stack() sets
 * the true one. room: bytes that the strings may take.
 */
static int begin_stack(struct program *p, u32 room)
{
	struct vm_area stack = {
		.start = STACK_BOTTOM, .end = STACK_TOP,
		.flags = VM_READ | VM_WRITE | VM_EXEC | VM_GROWSDOWN,
	};

	p->at = p->lowest = STACK_TOP;
	p->bottom = STACK_TOP - room;
	p->mm = mm_alloc();
	return p->mm ? map_area(p->mm, &stack) : -ENOMEM;
}

/* Pushes the file's path, for AT_EXECFN. */
static int push_filename(struct program *p, const char *path)
{
	int error = push_kernel_string(p, path);

	p->filename = p->at;
	return error;
}

/*
 * Copies the arguments. If there are none, argv[0] becomes an empty string:
 * programs use it without a check.
 */
int push_arguments(struct program *p, const char *path,
		   const u32 __user *argv, const u32 __user *envp)
{
	u32 limit = args_limit(), pointers;
	int argc = count_pointers(argv, limit), error;
	int envc = count_pointers(envp, limit);

	if (argc < 0)
		return argc;
	if (envc < 0)
		return envc;
	p->argc = max_u32(argc, 1);
	p->envc = envc;
	pointers = (p->argc + p->envc) * WORD;
	if (pointers >= limit)
		return -E2BIG;
	error = begin_stack(p, limit - pointers);
	if (!error)
		error = push_filename(p, path);
	if (!error)
		error = push_strings(p, envp, envc);
	if (error)
		return error;
	return argc ? push_strings(p, argv, argc) : push_kernel_string(p, "");
}

/* Pushes init's arguments, which are in the kernel: its path is argv[0]. */
int push_kernel_arguments(struct program *p, const char *path,
			  char *const envp[])
{
	int error = begin_stack(p, ARGS_MIN);

	if (!error)
		error = push_filename(p, path);
	while (envp[p->envc])
		p->envc++;
	for (u32 i = p->envc; i > 0 && !error; i--)
		error = push_kernel_string(p, envp[i - 1]);
	p->argc = 1;
	return error ? error : push_kernel_string(p, path);
}

/* Returns the length of a string on the stack, which may cross pages. */
static u32 string_length(struct program *p, u32 addr)
{
	u32 start = addr;

	for (;;) {
		const char *s = place_at(p, addr);
		u32 room = PAGE_SIZE - OFFSET_IN_PAGE(addr);
		u32 n = strnlen(s, room);

		addr += n;
		if (n < room)
			return addr - start;
	}
}

/*
 * Replaces argv[0] by a script's interpreter, its argument if there is one, and
 * the script's path.
 */
int replace_argv0(struct program *p, const char *path, const char *argument,
		  const char *interpreter)
{
	int error;

	p->lowest = min_u32(p->lowest, p->at);
	p->at += string_length(p, p->at) + 1;
	error = push_kernel_string(p, path);
	p->argc++;
	if (!error && argument) {
		error = push_kernel_string(p, argument);
		p->argc++;
	}
	return error ? error : push_kernel_string(p, interpreter);
}

/*
 * Stores pointers to the `count` strings from *string on, and a NULL pointer.
 */
static int store_pointers(struct program *p, u32 *to, u32 *string, u32 count)
{
	static const u32 null;
	int error = 0;

	for (u32 i = 0; i < count && !error; i++, *to += WORD) {
		error = fill_stack(p, *to, string, WORD, false);
		*string += string_length(p, *string) + 1;
		if (!error)
			error = take_turns();
	}
	if (!error)
		error = fill_stack(p, *to, &null, WORD, false);
	*to += WORD;
	return error;
}

/* Stores the auxiliary vector. tell_identity() overwrites the first 5 pairs. */
static int store_auxv(struct program *p, u32 to, u32 platform, u32 random)
{
	const u32 auxv[AUXV_WORDS] = {
		AT_UID, 0, AT_EUID, 0, AT_GID, 0, AT_EGID, 0, AT_SECURE, 0,
		AT_PHDR, p->phdr_addr, AT_PHENT, sizeof(struct elf32_phdr),
		AT_PHNUM, p->phdr_count, AT_PAGESZ, PAGE_SIZE,
		AT_BASE, p->interpreter_base, AT_FLAGS, 0,
		AT_ENTRY, p->entry, AT_CLKTCK, HZ, AT_HWCAP, cpu_features,
		AT_PLATFORM, platform, AT_RANDOM, random,
		AT_EXECFN, p->filename, AT_NULL, 0,
	};

	p->mm->auxv_start = to;
	p->mm->auxv_end = to + sizeof(auxv);
	return fill_stack(p, to, auxv, sizeof(auxv), false);
}

/* Stores argc and, above it, the pointers and the auxiliary vector. */
static int store_table(struct program *p, u32 platform, u32 random)
{
	u32 to = p->at, strings = p->mm->arg_start;
	int error = fill_stack(p, to, &p->argc, WORD, false);

	to += WORD;
	if (!error)
		error = store_pointers(p, &to, &strings, p->argc);
	p->mm->arg_end = strings;
	if (!error)
		error = store_pointers(p, &to, &strings, p->envc);
	p->mm->env_end = strings;
	return error ? error : store_auxv(p, to, platform, random);
}

/* Gives the stack's area its true size and permissions. */
static void cut_stack(struct program *p, struct vm_area *stack)
{
	u32 start = PAGE_ROUND_DOWN(p->at);

	/* a script's own argv[0] was longer than what has replaced it */
	if (p->lowest < start)
		free_page_tables(p->mm, PAGE_ROUND_DOWN(p->lowest), start,
				 start, start);
	move_area_start(p->mm, stack, start);
	if (!p->stack_exec)
		stack->flags &= ~VM_EXEC;
}

/*
 * Finishes the stack. Below the strings it puts a platform name, 16 random
 * bytes for the C library, and the table to which the stack pointer points.
 */
int finish_stack(struct program *p)
{
	u32 words = 1 + p->argc + 1 + p->envc + 1 + AUXV_WORDS;
	u32 random[4], platform, random_at;
	int error;

	p->mm->arg_start = p->at;
	p->bottom = STACK_BOTTOM;
	error = push_kernel_string(p, "i386");
	platform = p->at;
	for (u32 i = 0; i < ARRAY_SIZE(random); i++)
		random[i] = random_u32();
	if (!error)
		error = push(p, random, sizeof(random), false);
	random_at = p->at;
	p->at = (p->at - words * WORD) & ~15u;
	if (!error)
		error = store_table(p, platform, random_at);
	cut_stack(p, search_area(p->mm, STACK_BOTTOM));
	return error;
}

/*
 * Stores the user and group ids in the auxiliary vector; exec decides on them
 * last. The pages are there, so this neither sleeps nor fails.
 */
void tell_identity(struct program *p, bool secure)
{
	const u32 pairs[] = {
		AT_UID, current->uid, AT_EUID, current->euid,
		AT_GID, current->gid, AT_EGID, current->egid,
		AT_SECURE, secure,
	};

	fill_stack(p, p->mm->auxv_start, pairs, sizeof(pairs), false);
}
