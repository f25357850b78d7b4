; Exceptions and interrupts, and the way back from them. The frame on the stack:
; asm/entry.inc. All gates mask interrupts.
;
; For C (cowix/entry.h), which computes an entry's address from its number:
;	exception_entries[EXCEPTIONS][EXCEPTION_ENTRY_SIZE]
;	interrupt_entries[NR_IRQS][INTERRUPT_ENTRY_SIZE]
;	void page_fault(void);			the entry of exception 14
;
; Called from here:
;	void do_page_fault(struct pt_regs *regs, u32 code);
;	void do_trap(struct pt_regs *regs, u32 vector);
;	void do_irq(struct pt_regs *regs, u32 irq);
;	void end_vm86(struct pt_regs *regs);

%include "entry.inc"

VM86_SEGMENTS	equ 16		; bytes of ES, DS, FS and GS

extern do_page_fault, do_trap, do_irq, end_vm86, return_to_user

section .text

global page_fault
page_fault:
	SAVE_ALL
	REFUSE_VM86 vm86_entry
	mov eax, esp
	push dword [esp + REGS_ORIG_EAX]
	push eax
	call do_page_fault
	add esp, 8

; Back from an exception or interrupt: to a program by way of its pending work,
; into the kernel at once.
return_from_trap:
	test dword [esp + REGS_CS], 3
	mov dword [esp + REGS_ORIG_EAX], -1	; no system call to restart
	jnz return_to_user
	popa
	pop ds
	pop es
	add esp, 4		; orig_eax
	iret

; The other exceptions. Each entry pushes the vector, in the place of ES. Before
; that it pushes 0 as an error code if the CPU pushes none; else two NOPs keep
; the entry's size.
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

global common_exception
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

; Interrupts. Each entry pushes -1 - n in the place of orig_eax.
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
	not edx				; n
	mov eax, esp
	push edx
	push eax
	call do_irq
	add esp, 8
	jmp return_from_trap
.vm86:	call leave_vm86
	jmp .irq

; A system call or exception in virtual-8086 mode: the program ends.
global vm86_entry
vm86_entry:
	call leave_vm86
	mov dword [esp + REGS_ORIG_EAX], -1
	jmp return_to_user

; In virtual-8086 mode the CPU has pushed ES, DS, FS and GS before SS. Moves the
; frame up over them, to where it always is, and has the program killed. All
; registers are lost.
leave_vm86:
	pop ebx				; the return address
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
