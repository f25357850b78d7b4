; Every way into the kernel and out again: system calls, exceptions, interrupts.
; The switch between two tasks is in switch.asm.
;
; Stack on entry from user mode, as struct pt_regs (asm/ptrace.h) names it:
;
;	 0 edi  4 esi  8 ebp  12 (esp)  16 ebx  20 edx  24 ecx  28 eax		pusha
;	32 ds  36 es  40 orig_eax						pushed here
;	44 eip  48 cs  52 eflags  56 esp  60 ss					pushed by the CPU
;
; orig_eax is the number of a system call, the error code of an exception, -1 - n for interrupt n. ESP and SS are
; there only when the entry came from user mode. All gates mask interrupts; system calls enable them at once.
;
; Arguments of C functions are on the stack, the first one lowest, and the caller
; takes them away. What is called from here:
;	void do_page_fault(struct pt_regs *regs, u32 code);
;	void do_trap(struct pt_regs *regs, u32 vector);  void do_irq(struct pt_regs *regs, u32 irq);
;	void end_vm86(struct pt_regs *regs);
;	void do_signal(struct pt_regs *regs);  void schedule(void);  void fork_returns(void);  void drop_held_file(void);

%include "mmu.inc"
%include "segment.inc"
%include "errno.inc"
%include "offsets.inc"
%include "traps.inc"
%include "irq.inc"
%include "fixup.inc"

VM86_SEGMENTS	equ 16

extern current, sys_call_table, sys_ni_syscall, syscall_trace, do_trap, do_irq, do_page_fault, do_signal, schedule, fork_returns, drop_held_file
extern end_vm86

; Saves the registers and loads the kernel's data segments. EDX is lost.
%macro SAVE_ALL 0
	push es
	push ds
	pusha
	KERNEL_SEGMENTS
%endmacro

%macro KERNEL_SEGMENTS 0
	mov edx, KERNEL_DS
	mov ds, edx
	mov es, edx
	cld
%endmacro

%macro RESTORE_ALL 0
	popa
	pop ds
	pop es
	add esp, 4		; orig_eax
%endmacro

; To where a program that has got into virtual-8086 mode is ended.
%macro REFUSE_VM86 1
	test dword [esp + REGS_EFLAGS], EFLAGS_VM
	jnz %1
%endmacro

section .text

; int 0x80: number in EAX, arguments in EBX ECX EDX ESI EDI EBP. The arguments are pushed once more for C, which may
; overwrite its own copies but not the program's registers.
global system_call
system_call:
	push eax
	SAVE_ALL
	REFUSE_VM86 vm86_entry
	sti
	mov edx, [current]
	test dword [edx + TASK_PTRACE], PT_SYSCALL
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
	test dword [edx + TASK_PTRACE], PT_SYSCALL
	jnz trace_exit
return_to_user:
	cli
	mov eax, [current]
	cmp dword [eax + TASK_WORK], 0
	jne work_pending
	; A program may have loaded a segment of its own and then taken it away: loading it again faults, and it gets none.
.ds:	mov ds, [esp + REGS_DS]
.es:	mov es, [esp + REGS_ES]
	popa
	add esp, 12		; ds, es, orig_eax
.iret:	iret
.no_ds:	mov dword [esp + REGS_DS], 0
	jmp .ds
.no_es:	mov dword [esp + REGS_ES], 0
	jmp .es
	; The same with its stack segment: no way back but a signal.
.no_ss:	mov dword [esp + 16], USER_DS
	push 0
	push GENERAL_PROTECTION
	jmp common_exception
	fixup .ds, .no_ds
	fixup .es, .no_es
	fixup .iret, .no_ss

; A system call or exception in virtual-8086 mode: the program ends.
vm86_entry:
	call leave_vm86
	mov dword [esp + REGS_ORIG_EAX], -1
	jmp return_to_user

; In virtual-8086 mode the CPU has pushed ES, DS, FS and GS before SS: the frame
; moves to where frames are. All registers are lost.
leave_vm86:
	pop ebx
	mov ecx, REGS_SIZE / 4
	lea esi, [esp + REGS_SIZE - 4]
	lea edi, [esi + VM86_SEGMENTS]
	std
	rep movsd
	cld
	add esp, VM86_SEGMENTS
	push esp
	call end_vm86
	add esp, 4
	jmp ebx

unknown_call:
	call sys_ni_syscall
	jmp system_call.result

; Somebody watches (ptrace): stop before the call, whose number and arguments the
; tracer may change, and after it.
trace_entry:
	mov dword [esp + REGS_EAX], -ENOSYS	; what the tracer sees
	call syscall_trace
	mov eax, [esp + REGS_ORIG_EAX]
	cmp eax, -1
	jne system_call.call
	jmp system_call.traced	; no call is wanted, and EAX is the result

trace_exit:
	call syscall_trace
	jmp return_to_user


; Something is to be done before the program goes on: give up the CPU, drop a file's reference, deliver signals; then look again.
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

; A new task starts here: schedule() switched to a stack that copy_thread() prepared.
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

; void enter_user_mode(struct pt_regs *regs): leave the kernel task's stack for the registers of the program it has become.
global enter_user_mode
enter_user_mode:
	mov esp, [esp + 4]
	jmp return_to_user

global page_fault
page_fault:
	SAVE_ALL
	REFUSE_VM86 vm86_entry
	mov eax, esp
	push dword [esp + REGS_ORIG_EAX]
	push eax
	call do_page_fault
	add esp, 8

; Back from an exception or interrupt: to user mode through the work check, into the kernel directly.
return_from_trap:
	test dword [esp + REGS_CS], 3
	mov dword [esp + REGS_ORIG_EAX], -1	; no system call: nothing to restart
	jnz return_to_user
	RESTORE_ALL
	iret

; The other exceptions. Each has a small entry of the same size, so that traps_init() can compute where it is: 0 in place of the error code if the CPU
; pushes none, then the vector, in the place of ES.
global exception_entries
exception_entries:
%assign n 0
%rep EXCEPTIONS
%if n == 8 || (n >= 10 && n <= 14) || n == 17
	times 2 nop
%else
	push byte 0
%endif
	push byte n
	jmp strict near common_exception
  %assign n n + 1
%endrep
%if $ - exception_entries != EXCEPTIONS * EXCEPTION_ENTRY_SIZE
  %error the entries of exceptions do not have the size that traps.h says
%endif

common_exception:
	push ds
	pusha
	mov ecx, [esp + REGS_ES]	; the vector
	mov [esp + REGS_ES], es
	KERNEL_SEGMENTS
	REFUSE_VM86 vm86_entry
	mov eax, esp
	push ecx
	push eax
	call do_trap
	add esp, 8
	jmp return_from_trap

; Interrupts, in the same way: -1 - n in the place of orig_eax.
global interrupt_entries
interrupt_entries:
%assign n 0
%rep NR_IRQS
	push byte -1 - n
	jmp short common_interrupt
  %assign n n + 1
%endrep
%if $ - interrupt_entries != NR_IRQS * INTERRUPT_ENTRY_SIZE
  %error the entries of interrupts do not have the size that traps.h says
%endif

common_interrupt:
	SAVE_ALL
	REFUSE_VM86 .vm86
.irq:	mov edx, [esp + REGS_ORIG_EAX]
	not edx				; -1 - (-1 - n)
	mov eax, esp
	push edx
	push eax
	call do_irq
	add esp, 8
	jmp return_from_trap
.vm86:	call leave_vm86
	jmp .irq
