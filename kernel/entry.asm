; System calls, the way back to the program, and the first steps of a new task.
; Exceptions and interrupts are in trap_entry.asm, the switch between two tasks
; in switch.asm. The frame on the stack: asm/entry.inc.
;
; For C:
;	void system_call(void);			the entry of int 0x80
;	void ret_from_fork(void);		where a new task starts
;	void kernel_thread_start(void);		where one of the kernel's starts
;	void enter_user_mode(struct pt_regs *regs);	does not return
;
; Called from here:
;	u32 syscall_trace_enter(void);	void syscall_trace_exit(void);
;	void do_signal(struct pt_regs *regs);
;	void schedule(void);		void drop_held_file(void);
;	void fork_returns(void);	int sys_ni_syscall(void);

%include "entry.inc"

extern current, sys_call_table, sys_ni_syscall, do_signal
extern syscall_trace_enter, syscall_trace_exit
extern schedule, fork_returns, drop_held_file, vm86_entry, common_exception

section .text

; int 0x80: the number is in EAX, the arguments are in EBX ECX EDX ESI EDI EBP.
; They are pushed once more for C, which may overwrite its own copies, but not
; the program's registers.
global system_call
system_call:
	push eax
	SAVE_ALL
	REFUSE_VM86 vm86_entry
	sti
	mov edx, [current]
	test dword [edx + TASK_PTRACE], PT_ENTRY
	jnz trace_entry
.call:
	cmp eax, SYSCALLS
	jae unknown_call
	push dword [esp + REGS_EBP]
	push dword [esp + 4 + REGS_EDI]
	push dword [esp + 8 + REGS_ESI]
	push dword [esp + 12 + REGS_EDX]
	push dword [esp + 16 + REGS_ECX]
	push dword [esp + 20 + REGS_EBX]
	call [sys_call_table + eax * 4]
	add esp, 24
.result:
	mov [esp + REGS_EAX], eax
.traced:
	mov edx, [current]
	test dword [edx + TASK_PTRACE], PT_EXIT
	jnz trace_exit

; Back to the program, unless something must be done before. A segment that the
; program has loaded may be gone (set_thread_area): then loading it faults, and
; the program gets none. Without its stack segment it gets a signal.
global return_to_user
return_to_user:
	cli
	mov eax, [current]
	cmp dword [eax + TASK_WORK], 0
	jne work_pending
.ds:	mov ds, [esp + REGS_DS]
.es:	mov es, [esp + REGS_ES]
	popa
	add esp, 12		; ds, es, orig_eax
.iret:	iret

.no_ds:	mov dword [esp + REGS_DS], 0
	jmp .ds
.no_es:	mov dword [esp + REGS_ES], 0
	jmp .es
.no_ss:	mov dword [esp + 16], USER_DS	; above eip, cs, eflags and esp
	push 0			; error code
	push GENERAL_PROTECTION
	jmp common_exception
	fixup .ds, .no_ds
	fixup .es, .no_es
	fixup .iret, .no_ss

unknown_call:
	call sys_ni_syscall
	jmp system_call.result

; A tracer (ptrace) stops the program before the call, and may change its number
; and arguments. It stops it once more after the call.
trace_entry:
	mov dword [esp + REGS_EAX], -ENOSYS	; what the tracer sees
	call syscall_trace_enter
	cmp eax, -1
	jne system_call.call
	jmp system_call.traced	; no call is wanted, and EAX is the result

trace_exit:
	call syscall_trace_exit
	jmp return_to_user

; Does one thing of current->work (in EAX), and looks again: gives up the CPU,
; drops a file's reference, or delivers signals.
work_pending:
	test dword [eax + TASK_WORK], WORK_RESCHED
	jz .file
	call schedule
	jmp return_to_user
.file:	test dword [eax + TASK_WORK], WORK_FILE
	jz .signal
	sti
	call drop_held_file
	jmp return_to_user
.signal:
	push esp
	call do_signal
	add esp, 4
	jmp return_to_user

; A new task starts here: schedule() has switched to a stack that copy_thread()
; prepared.
global ret_from_fork
ret_from_fork:
	call fork_returns
	jmp return_to_user

; A kernel task starts here, with its function in EBX and the argument in ESI.
global kernel_thread_start
kernel_thread_start:
	sti
	push esi
	call ebx
	ud2			; kernel tasks end by do_exit()

; Leaves a kernel task's stack for the registers of the program that the task
; has become.
global enter_user_mode
enter_user_mode:
	mov esp, [esp + 4]
	jmp return_to_user
