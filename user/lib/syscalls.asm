; The system-call wrappers. Each loads its number and jumps to a common part,
; which loads up to three (CALL) or five (CALL5) arguments from the stack,
; calls the kernel and turns -errno into errno and -1.

%include "unistd.inc"
extern errno

%macro WRAPPER 2-3	; common part, name [, number's name if it differs]
section .text.%2 progbits alloc exec nowrite align=1
global %2
$%2:
%rotate -1			; the last parameter comes first
	mov eax, __NR_%1
	jmp %2
%endmacro
%define CALL	WRAPPER do_syscall,
%define CALL5	WRAPPER do_syscall5,

section .text.do_syscall progbits alloc exec nowrite align=4
global do_syscall
do_syscall:
	push ebx
	mov ebx, [esp + 8]
	mov ecx, [esp + 12]
	mov edx, [esp + 16]
	int 0x80
	pop ebx
	cmp eax, -4095
	jae .error
	ret
.error:
	neg eax
	mov [errno], eax
	or eax, -1
	ret

section .text.do_syscall5 progbits alloc exec nowrite align=4
do_syscall5:
	push ebx
	push esi
	push edi
	mov ebx, [esp + 16]
	mov ecx, [esp + 20]
	mov edx, [esp + 24]
	mov esi, [esp + 28]
	mov edi, [esp + 32]
	int 0x80
	pop edi
	pop esi
	pop ebx
	cmp eax, -4095
	jae do_syscall.error
	ret

; long syscall(long number, ...): up to six arguments
section .text.syscall progbits alloc exec nowrite align=4
global syscall
syscall:
	push ebx
	push esi
	push edi
	push ebp
	mov eax, [esp + 20]
	mov ebx, [esp + 24]
	mov ecx, [esp + 28]
	mov edx, [esp + 32]
	mov esi, [esp + 36]
	mov edi, [esp + 40]
	mov ebp, [esp + 44]
	int 0x80
	pop ebp
	pop edi
	pop esi
	pop ebx
	cmp eax, -4095
	jae do_syscall.error
	ret

; pid_t vfork(void): the return address must survive the child, which runs on
; this very stack
section .text.vfork progbits alloc exec nowrite align=4
global vfork
vfork:
	pop edx
	mov eax, __NR_vfork
	int 0x80
	push edx
	cmp eax, -4095
	jae do_syscall.error
	ret

; what a signal handler returns to
section .text.sigreturn progbits alloc exec nowrite align=4
global __sigreturn, __rt_sigreturn
__sigreturn:
	pop eax
	mov eax, __NR_sigreturn
	int 0x80
__rt_sigreturn:
	mov eax, __NR_rt_sigreturn
	int 0x80

	CALL _exit, exit_group
	CALL fork
	CALL read
	CALL write
	CALL open
	CALL creat
	CALL close
	CALL waitpid
	CALL5 wait4
	CALL execve
	CALL link
	CALL unlink
	CALL rename
	CALL symlink
	CALL readlink
	CALL mkdir
	CALL rmdir
	CALL mknod
	CALL chmod
	CALL fchmod
	CALL chown, chown32
	CALL lchown, lchown32
	CALL fchown, fchown32
	CALL chdir
	CALL fchdir
	CALL chroot
	CALL access
	CALL umask
	CALL getrlimit, ugetrlimit
	CALL setrlimit
	CALL statfs
	CALL truncate
	CALL ftruncate
	CALL utime
	CALL lseek
	CALL dup
	CALL dup2
	CALL pipe
	CALL fcntl
	CALL ioctl
	CALL __getcwd, getcwd
	CALL getdents
	CALL sync
	CALL fsync
	CALL5 mount
	CALL umount
	CALL5 __reboot, reboot
	CALL getpid
	CALL getppid
	CALL getuid, getuid32
	CALL geteuid, geteuid32
	CALL getgid, getgid32
	CALL getegid, getegid32
	CALL setuid, setuid32
	CALL setgid, setgid32
	CALL getgroups, getgroups32
	CALL setgroups, setgroups32
	CALL getrandom
	CALL setsid
	CALL setpgid
	CALL getpgrp
	CALL kill
	CALL pause
	CALL5 __rt_sigaction, rt_sigaction
	CALL5 __rt_sigprocmask, rt_sigprocmask
	CALL __rt_sigpending, rt_sigpending
	CALL __rt_sigsuspend, rt_sigsuspend
	CALL alarm
	CALL nanosleep
	CALL gettimeofday
	CALL times
	CALL uname
	CALL sethostname
	CALL sysinfo
	CALL klogctl, syslog
	CALL sched_yield
	CALL getrusage
	CALL nice
	CALL __brk, brk
	CALL xfork
	CALL mm_audit
	CALL plan_event, fail_alloc
	CALL ps
	CALL mounts
	CALL swapon
	CALL swapoff
