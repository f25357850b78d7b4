; User copies. Each instruction here that touches a program's memory has a line
; in __ex_table. If it faults for good, fixup_exception() continues at the
; line's second address, with -EFAULT or -ENOMEM in EAX.
;
;	int __copy_user(void *to, const void *from, u32 n);
;	int __clear_user(void *to, u32 n);
;	int __strncpy_from_user(char *to, const char *from, u32 n);
;	int __strnlen_user(const char *s, u32 n);
;	int get_user_u32(u32 *to, const void *from);
;	int put_user_u32(u32 value, void *to);
;	int cmpxchg_user_u32(u32 *old, u32 value, void *to);
;
; Each returns 0 or -errno. But the two for strings return the length, or n if
; there is no NUL among the n bytes. Either side of __copy_user may be the
; program's. cmpxchg_user_u32 stores in *old what it has found. The C side
; (mm/uaccess.c) has checked that ranges and strings lie in user space.

%include "mmu.inc"
%include "errno.inc"
%include "plan.inc"

%include "fixup.inc"

; While there is a plan (kernel/plan.c) each copy reports itself and may sleep.
extern planner
%macro report 0
	cmp dword [planner], 0
	je %%go
	push PLAN_COPY
	call [planner]
	add esp, 4
%%go:
%endmacro

; Leaves with -EFAULT unless %1 may be the address of a program's word.
%macro check_word 1
	mov eax, -EFAULT
	cmp %1, KERNEL_BASE - 4
	ja .out
	xor eax, eax
%endmacro

section .text

global __copy_user
__copy_user:
	report
	push esi
	push edi
	mov edi, [esp + 12]
	mov esi, [esp + 16]
	mov edx, [esp + 20]
	mov ecx, edx
	xor eax, eax
	shr ecx, 2
.words:	rep movsd
	mov ecx, edx
	and ecx, 3
.bytes:	rep movsb
.out:	pop edi
	pop esi
	ret
	fixup .words, .out
	fixup .bytes, .out

global __clear_user
__clear_user:
	report
	push edi
	mov edi, [esp + 8]
	mov edx, [esp + 12]
	mov ecx, edx
	xor eax, eax
	shr ecx, 2
.words:	rep stosd
	mov ecx, edx
	and ecx, 3
.bytes:	rep stosb
.out:	pop edi
	ret
	fixup .words, .out
	fixup .bytes, .out

global __strncpy_from_user
__strncpy_from_user:
	report
	push esi
	push edi
	mov edi, [esp + 12]
	mov esi, [esp + 16]
	mov ecx, [esp + 20]
.load:	lodsb
	stosb
	test al, al
	loopnz .load		; until the NUL or the n-th character
	jnz .done
	inc ecx			; the NUL does not count
.done:	mov eax, [esp + 20]
	sub eax, ecx
.out:	pop edi
	pop esi
	ret
	fixup .load, .out

global __strnlen_user
__strnlen_user:
	report
	mov edx, [esp + 4]
	mov ecx, [esp + 8]
.next:	jecxz .done
.load:	mov al, [edx]
	inc edx
	dec ecx
	test al, al
	jnz .next
	inc ecx
.done:	mov eax, [esp + 8]
	sub eax, ecx
.out:	ret
	fixup .load, .out

global get_user_u32
get_user_u32:
	report
	mov edx, [esp + 8]
	check_word edx
	mov ecx, [esp + 4]
.load:	mov edx, [edx]
	mov [ecx], edx
.out:	ret
	fixup .load, .out

global put_user_u32
put_user_u32:
	report
	mov edx, [esp + 8]
	check_word edx
	mov ecx, [esp + 4]
.store:	mov [edx], ecx
.out:	ret
	fixup .store, .out

global cmpxchg_user_u32
cmpxchg_user_u32:
	report
	push ebx
	mov ecx, [esp + 16]
	check_word ecx
	mov edx, [esp + 12]
	mov ebx, [esp + 8]
	mov eax, [ebx]
.swap:	cmpxchg [ecx], edx	; a fault leaves EAX as it is
	mov [ebx], eax
	xor eax, eax
.out:	pop ebx
	ret
	fixup .swap, .out
