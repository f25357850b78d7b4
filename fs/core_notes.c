/*
 * The notes of a core file: what ended the process, its registers thread by
 * thread, its auxiliary vector and the files that it maps. Structures and order
 * are Linux's (i386), where gdb reads them.
 */
#include <cowix/kernel.h>
#include <cowix/ptrace.h>
#include <cowix/sched.h>
#include <cowix/traps.h>
#include <abi/ldt.h>
#include <abi/stat.h>
#include <abi/time.h>
#include "core.h"
#include "kernel/signal/signal_internal.h"

struct elf_note {
	u32 name_size, size, type;
};

struct elf_prstatus {
	int si_signo, si_code, si_errno;
	s16 cursig;
	u32 pending, held;
	int pid, ppid, pgrp, sid;
	struct timeval utime, stime, cutime, cstime;
	struct user_regs regs;
	int fpvalid;
};

struct elf_prpsinfo {
	char state, sname, zombie, nice;
	u32 flag;
	u16 uid, gid;
	int pid, ppid, pgrp, sid;
	char fname[16];
	char psargs[80];
};

_Static_assert(sizeof(struct elf_prstatus) == 144, "as on Linux");
_Static_assert(sizeof(struct elf_prpsinfo) == 124, "as on Linux");

/* Writes n bytes and zeroes up to a multiple of 4. */
static void write_padded(struct core_file *f, const void *buf, u32 n)
{
	static const u32 zero;

	core_write(f, buf, n);
	core_write(f, &zero, -n % sizeof(zero));
}

static void write_note_header(struct core_file *f, const char *name, u32 type,
			      u32 size)
{
	struct elf_note note = { strlen(name) + 1, size, type };

	core_write(f, &note, sizeof(note));
	write_padded(f, name, note.name_size);
}

static void write_note(struct core_file *f, const char *name, u32 type,
		       const void *data, u32 size)
{
	write_note_header(f, name, type, size);
	write_padded(f, data, size);
}

static struct timeval timeval_of(u32 ticks)
{
	return (struct timeval){ ticks / HZ, ticks % HZ * (1000000 / HZ) };
}

static void note_status(struct core_file *f, struct task_struct *t)
{
	const struct task_struct *process = t->process;
	struct elf_prstatus *status = (struct elf_prstatus *)f->page;

	*status = (struct elf_prstatus){
		.si_signo = f->sig, .cursig = f->sig,
		.pending = (u32)t->pending.set, .held = (u32)t->sig_blocked,
		.pid = t->pid, .ppid = process->parent->pid,
		.pgrp = process->pgrp, .sid = process->session,
		.utime = timeval_of(process->utime),
		.stime = timeval_of(process->stime),
		.cutime = timeval_of(process->cutime),
		.cstime = timeval_of(process->cstime),
		.regs = get_regs(t), .fpvalid = t->fpu != NULL,
	};
	write_note(f, "CORE", NT_PRSTATUS, status, sizeof(*status));
}

/* Puts the arguments of the program, with spaces between, into 80 bytes. */
static void get_arguments(char *to)
{
	const struct mm *mm = current->mm;
	int n = access_memory(mm->arg_start, to,
			      min_u32(79, mm->arg_end - mm->arg_start), false,
			      true);

	for (int i = 0; i < n; i++)
		if (!to[i])
			to[i] = ' ';
}

static void note_process(struct core_file *f)
{
	const struct task_struct *process = current->process;
	struct elf_prpsinfo *info = (struct elf_prpsinfo *)f->page;

	*info = (struct elf_prpsinfo){
		.sname = 'R', .nice = (char)(process->priority - 20),
		.uid = (u16)process->uid, .gid = (u16)process->gid,
		.pid = process->pid, .ppid = process->parent->pid,
		.pgrp = process->pgrp, .sid = process->session,
	};
	strlcpy(info->fname, process->comm, sizeof(info->fname));
	get_arguments(info->psargs);
	write_note(f, "CORE", NT_PRPSINFO, info, sizeof(*info));
}

static void note_siginfo(struct core_file *f)
{
	struct siginfo *info = (struct siginfo *)f->page;

	fill_siginfo(info, f->sig, f->source);
	write_note(f, "CORE", NT_SIGINFO, info, sizeof(*info));
}

/* The vector still lies on the stack, where the program may have changed it. */
static void note_auxv(struct core_file *f)
{
	const struct mm *mm = current->mm;
	u32 size = mm->auxv_end - mm->auxv_start;

	access_memory(mm->auxv_start, f->page, size, false, true);
	write_note(f, "CORE", NT_AUXV, f->page, size);
}

/* Writes the path of a mapped file. If none is known it is empty. */
static void write_path(struct core_file *f, struct inode *inode)
{
	char *path = "";

	inode->i_count++;
	if (inode_path(inode, (char *)f->page, &path) < 0)
		path = "";
	core_write(f, path, strlen(path) + 1);
}

/*
 * Writes three words for each mapping of a file, start, end, and page in the
 * file, and behind them the paths. Called once to measure.
 */
static void write_files(struct core_file *f)
{
	u32 words[3] = { 0, PAGE_SIZE }, at = 0;
	struct vm_area *area;

	list_for_each(node, &current->mm->areas)
		words[0] += list_entry(node, struct vm_area, link)->object !=
			    NULL;
	core_write(f, words, 2 * sizeof(u32));
	for (area = next_core_area(f, &at); area;
	     area = next_core_area(f, &at)) {
		words[0] = area->start;
		words[1] = area->end;
		words[2] = area->offset >> PAGE_SHIFT;
		if (area->object)
			core_write(f, words, sizeof(words));
	}
	at = 0;
	for (area = next_core_area(f, &at); area;
	     area = next_core_area(f, &at)) {
		if (area->object)
			write_path(f, area->object);
	}
}

static void note_files(struct core_file *f)
{
	static const u32 zero;
	struct core_file measure = { .page = f->page };

	write_files(&measure);
	write_note_header(f, "CORE", NT_FILE, measure.pos);
	write_files(f);
	core_write(f, &zero, -measure.pos % sizeof(zero));
}

/* Writes the registers that are not in the status. */
static void note_registers(struct core_file *f, struct task_struct *t)
{
	if (fpu_get_regs(t, f->page, false) == 0)
		write_note(f, "CORE", NT_PRFPREG, f->page, FPREGS_SIZE);
	if (fpu_get_regs(t, f->page, true) == 0)
		write_note(f, "LINUX", NT_PRXFPREG, f->page, FPXREGS_SIZE);
	if (!t->tls[0] && !t->tls[1] && !t->tls[2])
		return;
	get_tls(t, (struct user_desc *)f->page);
	write_note(f, "LINUX", NT_386_TLS, f->page,
		   TLS_ENTRIES * sizeof(struct user_desc));
}

/*
 * Writes all notes. A debugger takes the first thread for the guilty one. Other
 * threads are left out when they were about to end before the dump: they may be
 * gone after any sleep.
 */
void write_notes(struct core_file *f)
{
	note_status(f, current);
	note_process(f);
	note_siginfo(f);
	note_auxv(f);
	note_files(f);
	note_registers(f, current);
	for_each_thread(t, current) {
		if (!t->waits_for_core)
			continue;
		note_status(f, t);
		note_registers(f, t);
	}
}
