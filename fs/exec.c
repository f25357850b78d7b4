/*
 * execve: replace the program that runs in a process. The new address space, its stack with arguments, environment and auxiliary
 * vector is complete before the old one is given up: every failure up to then leaves the caller as it was.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/entry.h>
#include <cowix/traps.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/stat.h>
#include <asm/string.h>
#include "exec.h"

#define ARG_BOTTOM	(STACK_TOP - ARG_PAGES * PAGE_SIZE)
#define INTERPRETERS_MAX 4		/* nesting of #! */
#define AUXV_WORDS	32u

static LIST_HEAD(programs);

void recount_arguments(found_page *found)
{
	list_for_each(node, &programs) {
		const struct program *p =
			list_entry(node, struct program, link);

		for (u32 i = 0; i < ARG_PAGES; i++)
			if (p->frames[i])
				found(OWNER_EXEC, __va(p->frames[i]));
	}
}

/* The kernel address of an address on the stack under construction; takes the frame if need be. NULL: no memory. */
static void *stack_page(struct program *p, u32 addr)
{
	u32 *frame = &p->frames[(addr - ARG_BOTTOM) >> PAGE_SHIFT];

	if (!*frame) {
		void *page = kpage_zalloc(OWNER_EXEC);

		*frame = page ? __pa(page) : 0;
	}
	return *frame ? (u8 *)__va(*frame) + PAGE_OFFSET(addr) : NULL;
}

/* Copy n bytes, from the program if user, to the stack address to. Goes page by page. */
static int fill_stack(struct program *p, u32 to, const void *from, u32 n, bool user)
{
	const u8 *source = from;

	while (n > 0) {
		u32 part = min_u32(n, PAGE_SIZE - PAGE_OFFSET(to));
		void *target = stack_page(p, to);

		if (!target)
			return -ENOMEM;
		if (!user)
			memcpy(target, source, part);
		else if (copy_from_user(target, (const void __user *)source, part) < 0)
			return -EFAULT;
		to += part;
		source += part;
		n -= part;
	}
	return 0;
}

/* Put n bytes below what is there already. -E2BIG: the argument pages are full. */
static int push(struct program *p, const void *from, u32 n, bool user)
{
	if (n > p->at - ARG_BOTTOM)
		return -E2BIG;
	p->at -= n;
	return fill_stack(p, p->at, from, n, user);
}

static int push_kernel_string(struct program *p, const char *s)
{
	return push(p, s, strlen(s) + 1, false);
}

/* How many pointers an argv or envp has before its NULL. */
static int count_pointers(const u32 __user *list)
{
	u32 pointer;
	int n = 0, error;

	if (!list)
		return 0;
	while ((error = get_user_u32(&pointer, list + n)) == 0 && pointer)
		if (++n > (int)(ARG_PAGES * PAGE_SIZE / sizeof(u32)))
			return -E2BIG;
	return error ? error : n;
}

/* Push the strings of a list, the last one first, so that they lie in order. */
static int push_strings(struct program *p, const u32 __user *list, int count)
{
	while (count-- > 0) {
		u32 string;
		int length, error = get_user_u32(&string, list + count);

		if (error)
			return error;
		length = strnlen_user((const char __user *)string, ARG_PAGES * PAGE_SIZE);
		if (length < 0)
			return length == -ENAMETOOLONG ? -E2BIG : length;
		error = push(p, (const void *)string, length + 1, true);
		if (!error)		/* another thread may have overwritten its end since we measured it */
			error = fill_stack(p, p->at + length, "", 1, false);
		if (error)
			return error;
	}
	return 0;
}

/* Length of the string at a stack address; it may cross pages. */
static u32 stack_string_length(struct program *p, u32 addr)
{
	u32 start = addr;

	for (;;) {
		const char *s = stack_page(p, addr);
		u32 room = PAGE_SIZE - PAGE_OFFSET(addr), n = strnlen(s, room);

		addr += n;
		if (n < room)
			return addr - start;
	}
}

/* Push the pointers to count strings that follow each other from *string on, and the NULL behind them. */
static int store_pointers(struct program *p, u32 *to, u32 *string, u32 count)
{
	static const u32 null;
	int error = 0;

	for (u32 i = 0; i < count && !error; i++, *to += sizeof(u32)) {
		error = fill_stack(p, *to, string, sizeof(u32), false);
		*string += stack_string_length(p, *string) + 1;
	}
	if (!error)
		error = fill_stack(p, *to, &null, sizeof(u32), false);
	*to += sizeof(u32);
	return error;
}

static u32 fill_auxv(const struct program *p, u32 *auxv, u32 platform, u32 random, u32 filename)
{
	const u32 pairs[AUXV_WORDS] = {
		AT_PHDR, p->phdr_addr, AT_PHENT, sizeof(struct elf32_phdr), AT_PHNUM, p->phdr_count,
		AT_PAGESZ, PAGE_SIZE, AT_BASE, 0, AT_FLAGS, 0, AT_ENTRY, p->entry,
		AT_UID, current->uid, AT_EUID, p->euid, AT_GID, current->gid, AT_EGID, p->egid,
		AT_SECURE, current->uid != p->euid || current->gid != p->egid,
		AT_CLKTCK, HZ, AT_PLATFORM, platform, AT_RANDOM, random, AT_EXECFN, filename,
	};

	memcpy(auxv, pairs, sizeof(pairs));
	return AUXV_WORDS;
}

/*
 * Finish the stack: below the strings a platform name and 16 random bytes for the C library, then, from the final stack pointer up, argc,
 * argv, NULL, envp, NULL, the auxiliary vector (System V ABI, Intel386 supplement, "Process Initialization").
 */
static int finish_stack(struct program *p, u32 strings, u32 filename)
{
	u32 auxv[AUXV_WORDS + 2] = { 0 }, random[4], platform, random_at, size, to;
	int error = push_kernel_string(p, "i386");

	platform = p->at;
	for (u32 i = 0; i < ARRAY_SIZE(random); i++)
		random[i] = random_u32();
	if (!error)
		error = push(p, random, sizeof(random), false);
	random_at = p->at;
	size = (1 + p->argc + 1 + p->envc + 1) * sizeof(u32) + sizeof(auxv);
	if (error || size + 16 > p->at - ARG_BOTTOM)
		return error ? error : -E2BIG;
	to = p->at = (p->at - size) & ~15u;
	fill_auxv(p, auxv, platform, random_at, filename);
	error = fill_stack(p, to, &p->argc, sizeof(u32), false);
	to += sizeof(u32);
	if (!error)
		error = store_pointers(p, &to, &strings, p->argc);
	p->mm->arg_end = strings;
	if (!error)
		error = store_pointers(p, &to, &strings, p->envc);
	p->mm->env_end = strings;
	return error ? error : fill_stack(p, to, auxv, sizeof(auxv), false);
}

/* Hand the argument pages over to the new address space: a stack area that reaches from the lowest of them to the top. */
static int map_stack(struct program *p)
{
	struct vm_area stack = {
		.start = PAGE_ROUND_DOWN(p->at), .end = STACK_TOP, .flags = VM_READ | VM_WRITE | VM_EXEC | VM_GROWSDOWN,
	};
	int error = map_area(p->mm, &stack);

	for (u32 i = 0; i < ARG_PAGES && !error; i++)
		if (p->frames[i]) {
			error = put_page_at(p->mm, ARG_BOTTOM + i * PAGE_SIZE, p->frames[i], PTE_P | PTE_U | PTE_W | PTE_A);
			p->frames[i] = 0;
		}
	return error;
}

static void close_program(struct program *p)
{
	if (p->inode) {
		p->inode->i_running--;
		iput(p->inode);
	}
	p->inode = NULL;
}

/* The file is open for execution, if nobody writes to it, until close_program(). */
static int read_header(struct program *p, const char *path)
{
	struct inode *inode;
	int n = open_exec(path, &inode);

	if (n < 0)
		return n;
	if (inode->i_writers) {
		iput(inode);
		return -ETXTBSY;
	}
	inode->i_running++;
	p->inode = inode;
	memset(p->header, 0, HEADER_SIZE);
	n = kernel_read(p->inode, 0, p->header, HEADER_SIZE);
	return n < 0 ? n : 0;
}

/* Split "#!interpreter argument" in place. NULL: no interpreter named or the line is too long. */
static char *parse_script(u8 *header, char **argument)
{
	char *line = (char *)header + 2, *end = memchr(line, '\n', HEADER_SIZE - 3), *name;

	if (!end)
		return NULL;
	*end = '\0';
	while (end > line && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		*--end = '\0';
	while (*line == ' ' || *line == '\t')
		line++;
	name = line;
	while (*line && *line != ' ' && *line != '\t')
		line++;
	*argument = NULL;
	if (*line) {
		*line++ = '\0';
		while (*line == ' ' || *line == '\t')
			line++;
		*argument = line;
	}
	return *name ? name : NULL;
}

/*
 * The file is a script: its interpreter runs instead, with the script's path in the place of argv[0], behind the one argument that the line may
 * name. path is overwritten with the interpreter's.
 */
static int use_interpreter(struct program *p, char *path)
{
	char *argument, *name = parse_script(p->header, &argument);
	int error;

	if (!name)
		return -ENOEXEC;
	if (p->argc > 0) {
		p->at += stack_string_length(p, p->at) + 1;
		p->argc--;
	}
	error = push_kernel_string(p, path);
	p->argc++;
	if (!error && argument) {
		error = push_kernel_string(p, argument);
		p->argc++;
	}
	if (!error)
		error = push_kernel_string(p, name);
	p->argc++;
	strlcpy(path, name, HEADER_SIZE);
	close_program(p);
	return error;
}

/* Open the file and, through scripts, the program that really runs. */
static int find_program(struct program *p, char *path)
{
	for (int depth = 0; depth <= INTERPRETERS_MAX; depth++) {
		int error = read_header(p, path);

		if (error || p->header[0] != '#' || p->header[1] != '!')
			return error;
		error = use_interpreter(p, path);
		if (error)
			return error;
	}
	return -ELOOP;
}

/* Copy a program's argument strings. The path of the file itself lies on top, for AT_EXECFN. */
static int push_arguments(struct program *p, const char *path, const u32 __user *argv, const u32 __user *envp)
{
	int argc = count_pointers(argv), envc = count_pointers(envp), error;

	if (argc < 0 || envc < 0)
		return argc < 0 ? argc : envc;
	p->argc = argc;
	p->envc = envc;
	error = push_kernel_string(p, path);
	if (!error)
		error = push_strings(p, envp, envc);
	return error ? error : push_strings(p, argv, argc);
}

/* The same for init, whose strings are the kernel's: its path is its only argument. */
static int push_kernel_arguments(struct program *p, const char *path, char *const envp[])
{
	int error = push_kernel_string(p, path);

	while (envp[p->envc])
		p->envc++;
	for (u32 i = p->envc; i > 0 && !error; i--)
		error = push_kernel_string(p, envp[i - 1]);
	p->argc = 1;
	return error ? error : push_kernel_string(p, path);
}

/* The last path component names the process. */
static void set_comm(struct task_struct *task, const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' && path[1])
			name = path + 1;
	strlcpy(task->comm, name, sizeof(task->comm));
}

/* The point of no return: take on the new address space and drop what exec does not keep. Cannot fail. */
static void commit(struct program *p, struct pt_regs *regs)
{
	struct mm *old = current->mm;

	trace_exec();
	current->mm = p->mm;
	use_mm(p->mm);
	p->mm = NULL;
	vfork_release(current);
	if (old)
		mm_release(old);
	if (unshare_signals() < 0 || unshare_files() < 0)
		send_signal(SIGKILL, current);
	exec_signals(current);
	close_on_exec(current);
	fpu_release(current);
	tls_clear(current);
	exec_credentials(p->euid, p->egid);
	current->did_exec = true;
	ptrace_exec();
	set_fs_gs(0, 0);
	memset(regs, 0, sizeof(*regs));
	regs->orig_eax = -1;
	regs->ds = regs->es = regs->ss = USER_DS;
	regs->cs = USER_CS;
	regs->eflags = EFLAGS_IF;
	regs->eip = p->entry;
	regs->esp = p->at;
}

/* Everything between the arguments and the point of no return. filename is where push_*_arguments put the path. */
static int build(struct program *p, char *path, u32 filename)
{
	int error = find_program(p, path);

	if (error)
		return error;
	exec_ids(p->inode, &p->euid, &p->egid);
	p->mm = mm_alloc();
	if (!p->mm)
		return -ENOMEM;
	p->mm->arg_start = p->at;
	error = load_elf(p);
	if (!error)
		error = finish_stack(p, p->mm->arg_start, filename);
	return error ? error : map_stack(p);
}

static void release(struct program *p)
{
	for (u32 i = 0; i < ARG_PAGES; i++)
		if (p->frames[i])
			free_page(p->frames[i]);
	list_unlink(&p->link);
	if (p->mm)
		mm_release(p->mm);
	close_program(p);
	kfree(p);
}

static struct program *program_alloc(void)
{
	struct program *p = kzalloc(sizeof(*p));

	if (p) {
		p->at = STACK_TOP;
		list_add(&p->link, &programs);
	}
	return p;
}

/* The first thread, current, becomes the program that it or another thread has prepared. The others end. */
void exec_take_over(void)
{
	struct program *p = current->successor;

	leave_locks();
	await_threads();
	current->group_work &= ~GROUP_EXEC;
	current->sig_blocked = p->sig_blocked;
	current->restore_mask = false;
	commit(p, task_regs(current));
	release(p);
}

/* Let p, which is complete, run: the process's first thread goes on with it. Not if all threads are to end anyhow. */
static int run(struct program *p, const char *path)
{
	struct task_struct *process = current->process;

	if (process->group_work & (GROUP_EXIT | GROUP_EXEC))
		return -EAGAIN;
	p->sig_blocked = current->sig_blocked;
	process->successor = p;
	process->group_work |= GROUP_EXEC;
	set_comm(process, path);
	if (!single_threaded(process))
		alert_group(process);
	if (current == process)
		exec_take_over();
	else
		pass_credentials(process);
	return 0;
}

/* Run the file at path, a buffer of a page that is overwritten. Returns only to the new program's first instruction, or an error. */
static int do_execve(char *path, const u32 __user *argv, const u32 __user *envp)
{
	struct program *p = program_alloc();
	u32 filename = STACK_TOP - strlen(path) - 1;
	int error;

	if (!p)
		return -ENOMEM;
	error = may_exec() ? push_arguments(p, path, argv, envp) : -EAGAIN;
	if (!error)
		error = build(p, path, filename);
	if (!error)
		error = run(p, path);
	if (error)
		release(p);
	return error;
}

asmlinkage int sys_execve(const char __user *user_path, const u32 __user *argv, const u32 __user *envp)
{
	char *path = kpage_alloc(OWNER_CALL);
	int error;

	if (!path)
		return -ENOMEM;
	error = strncpy_from_user(path, user_path, PAGE_SIZE);
	if (error >= 0)
		error = do_execve(path, argv, envp);
	kpage_free(path);
	return error;
}

/* Turn the kernel task that calls it into the first program. Called by main.c; returns an error, or not at all. */
int kernel_execve(const char *init_path, char *const envp[])
{
	struct program *p = program_alloc();
	char *path = kpage_alloc(OWNER_CALL);
	int error = -ENOMEM;

	if (!p || !path)
		goto out;
	strlcpy(path, init_path, PAGE_SIZE);
	error = push_kernel_arguments(p, path, envp);
	if (!error)
		error = build(p, path, STACK_TOP - strlen(init_path) - 1);
	if (!error)
		error = run(p, path);
out:
	if (p && error)
		release(p);
	if (path)
		kpage_free(path);
	if (!error)
		enter_user_mode(task_regs(current));
	return error;
}
