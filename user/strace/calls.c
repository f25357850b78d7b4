/*
 * The system calls: names from abi/unistd.h, and for each a letter an argument
 * (decode.c, structs.c, flags.c). A letter behind = gives the form of the
 * result, which is a decimal number without it. x: hexadecimal; o: octal; t:
 * with its date; -: the call does not return.
 */
#include "strace.h"
#include <abi/fcntl.h>
#include <abi/unistd.h>
#include <stdio.h>
#include <string.h>

#define ERESTARTSYS 512

static const char *const names[] = {
#include <call_names.h>
};

static const struct {
	short number;
	const char *format;
} formats[] = {
	{ __NR_exit, "d=-" },
	{ __NR_fork, "" },
	{ __NR_read, "dBu" },
	{ __NR_write, "dbu" },
	{ __NR_open, "sOm" },
	{ __NR_close, "d" },
	{ __NR_waitpid, "dwW" },
	{ __NR_creat, "so" },
	{ __NR_link, "ss" },
	{ __NR_unlink, "s" },
	{ __NR_execve, "sve" },
	{ __NR_chdir, "s" },
	{ __NR_time, "E=t" },
	{ __NR_mknod, "sox" },
	{ __NR_chmod, "so" },
	{ __NR_lchown, "sdd" },
	{ __NR_lseek, "ddc" },
	{ __NR_getpid, "" },
	{ __NR_mount, "sssNp" },
	{ __NR_umount, "s" },
	{ __NR_setuid, "d" },
	{ __NR_getuid, "" },
	{ __NR_stime, "p" },
	{ __NR_ptrace, "ddpp" },
	{ __NR_alarm, "u" },
	{ __NR_pause, "" },
	{ __NR_utime, "s4" },
	{ __NR_access, "sn" },
	{ __NR_nice, "d" },
	{ __NR_sync, "" },
	{ __NR_kill, "dg" },
	{ __NR_rename, "ss" },
	{ __NR_mkdir, "so" },
	{ __NR_rmdir, "s" },
	{ __NR_dup, "d" },
	{ __NR_pipe, "r" },
	{ __NR_times, "p" },
	{ __NR_brk, "p=x" },
	{ __NR_setgid, "d" },
	{ __NR_getgid, "" },
	{ __NR_signal, "gx=x" },
	{ __NR_geteuid, "" },
	{ __NR_getegid, "" },
	{ __NR_umount2, "sx" },
	{ __NR_ioctl, "diI" },
	{ __NR_fcntl, "dCD" },
	{ __NR_setpgid, "dd" },
	{ __NR_umask, "o=o" },
	{ __NR_chroot, "s" },
	{ __NR_dup2, "dd" },
	{ __NR_getppid, "" },
	{ __NR_getpgrp, "" },
	{ __NR_setsid, "" },
	{ __NR_sigaction, "gpp" },
	{ __NR_setreuid, "dd" },
	{ __NR_setregid, "dd" },
	{ __NR_sethostname, "bu" },
	{ __NR_setrlimit, "Lj" },
	{ __NR_getrusage, "Up" },
	{ __NR_gettimeofday, "Vp" },
	{ __NR_settimeofday, "pp" },
	{ __NR_getgroups, "dp" },
	{ __NR_setgroups, "dp" },
	{ __NR_select, "dpppp" },
	{ __NR_symlink, "ss" },
	{ __NR_readlink, "sBu" },
	{ __NR_reboot, "xxxp" },
	{ __NR_mmap, "p=x" },
	{ __NR_munmap, "pu" },
	{ __NR_truncate, "sd" },
	{ __NR_ftruncate, "dd" },
	{ __NR_fchmod, "do" },
	{ __NR_fchown, "ddd" },
	{ __NR_getpriority, "dd" },
	{ __NR_setpriority, "ddd" },
	{ __NR_statfs, "sQ" },
	{ __NR_fstatfs, "dQ" },
	{ __NR_syslog, "dpd" },
	{ __NR_setitimer, "zpp" },
	{ __NR_getitimer, "zp" },
	{ __NR_stat, "sS" },
	{ __NR_lstat, "sS" },
	{ __NR_fstat, "dS" },
	{ __NR_wait4, "dwWp" },
	{ __NR_sysinfo, "Y" },
	{ __NR_fsync, "d" },
	{ __NR_sigreturn, "" },
	{ __NR_clone, "lpppp" },
	{ __NR_uname, "X" },
	{ __NR_mprotect, "puP" },
	{ __NR_sigprocmask, "hpp" },
	{ __NR_getpgid, "d" },
	{ __NR_fchdir, "d" },
	{ __NR__llseek, "ddd8c" },
	{ __NR_getdents, "d5u" },
	{ __NR__newselect, "dpppp" },
	{ __NR_flock, "dd" },
	{ __NR_msync, "pux" },
	{ __NR_readv, "dpd" },
	{ __NR_writev, "dpd" },
	{ __NR_getsid, "d" },
	{ __NR_fdatasync, "d" },
	{ __NR_sched_yield, "" },
	{ __NR_nanosleep, "ty" },
	{ __NR_mremap, "puuxp=x" },
	{ __NR_poll, "pdd" },
	{ __NR_prctl, "dxxxx" },
	{ __NR_rt_sigreturn, "" },
	{ __NR_rt_sigaction, "gaAu" },
	{ __NR_rt_sigprocmask, "hkKu" },
	{ __NR_rt_sigpending, "Ku" },
	{ __NR_rt_sigsuspend, "ku" },
	{ __NR_pread64, "dBuu" },
	{ __NR_pwrite64, "dbuu" },
	{ __NR_chown, "sdd" },
	{ __NR_getcwd, "Ru" },
	{ __NR_vfork, "" },
	{ __NR_ugetrlimit, "LJ" },
	{ __NR_mmap2, "puPMdx=x" },
	{ __NR_truncate64, "su" },
	{ __NR_ftruncate64, "du" },
	{ __NR_stat64, "sT" },
	{ __NR_lstat64, "sT" },
	{ __NR_fstat64, "dT" },
	{ __NR_lchown32, "sdd" },
	{ __NR_getuid32, "" },
	{ __NR_getgid32, "" },
	{ __NR_geteuid32, "" },
	{ __NR_getegid32, "" },
	{ __NR_setreuid32, "dd" },
	{ __NR_setregid32, "dd" },
	{ __NR_getgroups32, "dp" },
	{ __NR_setgroups32, "dp" },
	{ __NR_fchown32, "ddd" },
	{ __NR_setresuid32, "ddd" },
	{ __NR_setresgid32, "ddd" },
	{ __NR_chown32, "sdd" },
	{ __NR_setuid32, "d" },
	{ __NR_setgid32, "d" },
	{ __NR_madvise, "pud" },
	{ __NR_getdents64, "d6u" },
	{ __NR_fcntl64, "dCD" },
	{ __NR_gettid, "" },
	{ __NR_futex, "pddp" },
	{ __NR_set_thread_area, "p" },
	{ __NR_exit_group, "d=-" },
	{ __NR_set_tid_address, "p" },
	{ __NR_clock_gettime, "qy" },
	{ __NR_tgkill, "ddg" },
	{ __NR_utimes, "sp" },
	{ __NR_openat, "fsOm" },
	{ __NR_mkdirat, "fso" },
	{ __NR_unlinkat, "fs9" },
	{ __NR_statx, "fsHF0" },
	{ __NR_utimensat, "fs79" },
	{ __NR_utimensat_time64, "fsZ9" },
	{ __NR_clock_gettime64, "qz" },
	{ __NR_pipe2, "rO" },
	{ __NR_dup3, "ddO" },
	{ __NR_getrandom, "Bux" },
	{ __NR_socket, "ddd" },
	{ __NR_connect, "dpd" },
	{ __NR_bind, "dpd" },
	{ __NR_listen, "dd" },
	{ __NR_sendto, "dbuxpu" },
	{ __NR_recvfrom, "dBuxpp" },
};

const char *call_name(long number)
{
	static char unknown[24];

	if (number >= 0 && number < COUNT(names) && names[number])
		return names[number];
	snprintf(unknown, sizeof(unknown), "syscall_%#lx", number);
	return unknown;
}

const char *call_format(long number)
{
	for (int i = 0; i < COUNT(formats); i++)
		if (formats[i].number == number)
			return formats[i].format;
	return "xxx";
}

/*
 * Shows the arguments up to the first that needs the result, or all that are
 * left.
 */
static void show_args(struct tracee *t, int at_exit)
{
	for (; *t->rest && *t->rest != '='; t->rest++, t->next_arg++) {
		if (*t->rest == 'm' && !(t->args[t->next_arg - 1] & O_CREAT))
			continue;
		if (t->next_arg && !t->comma)
			out(", ");
		t->comma = !at_exit && is_output(*t->rest);
		if (t->comma)
			return;
		show_arg(t, *t->rest == 'm' ? 'o' : *t->rest, t->next_arg);
	}
}

void show_entry(struct tracee *t)
{
	t->rest = call_format(t->number);
	t->next_arg = t->comma = 0;
	if (t->hidden)
		return;
	begin_line(t);
	out("%s(", call_name(t->number));
	show_args(t, 0);
	if (strcmp(t->rest, "=-") == 0) {
		out(") ");
		pad_to(RESULT_COLUMN);
		out("= ?");
		end_line();
	}
}

static void show_error(int error)
{
	static const struct flag restarts[] = {
		{ 0, "ERESTARTSYS (To be restarted if SA_RESTART is set)" },
		{ 1, "ERESTARTNOINTR (To be restarted)" },
		{ 2, "ERESTARTNOHAND (To be restarted if no handler)" },
		{ 4, "ERESTART_RESTARTBLOCK (Interrupted by signal)" },
		{ 0, NULL }
	};

	if (error >= ERESTARTSYS && error <= ERESTARTSYS + 4) {
		out("? ");
		show_one(restarts, error - ERESTARTSYS);
	} else if (error_name(error)) {
		out("-1 %s (%s)", error_name(error), strerror(error));
	} else {
		out("-1 (errno %d)", error);
	}
}

void show_exit(struct tracee *t)
{
	if (t->hidden)
		return;
	if (!line_is_open(t)) {
		begin_line(t);
		out("<... %s resumed>", call_name(t->number));
	}
	show_args(t, 1);
	out(") ");
	pad_to(RESULT_COLUMN);
	out("= ");
	if ((unsigned long)t->result >= -4095ul)
		show_error(-t->result);
	else if (strcmp(t->rest, "=x") == 0)
		out("%#lx", t->result);
	else if (strcmp(t->rest, "=o") == 0)
		out("%#03lo", t->result);
	else
		out("%ld", t->result);
	if (strcmp(t->rest, "=t") == 0 && t->result > 0) {
		out(" (");
		show_date(t->result);
		out(")");
	}
	end_line();
}
