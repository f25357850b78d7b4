; User copies. Each instruction here that touches a program's memory has a line in __ex_table: if it faults for good,
; fixup_exception() (kernel/traps.c) puts -EFAULT or -ENOMEM into EAX and continues at the line's second address.
;
;	int __copy_user(void *to, const void *from, u32 n);	0 or -errno; either side may be the program's
;	int __clear_user(void *to, u32 n);
;	int __strncpy_from_user(char *to, const char *from, u32 n);	length, n when no NUL was met, or -errno
;	int get_user_u32(u32 *to, const void *from);
;	int put_user_u32(u32 value, void *to);
;	int cmpxchg_user_u32(u32 *old, u32 value, void *to);	*old: expected, then what was there
;
; Arguments come in EAX, EDX and ECX. The C side (mm/uaccess.c) has checked that the range lies in user space.

%include "mmu.inc"
%include "errno.inc"
%include "plan.inc"

%include "fixup.inc"

; While there is a plan (kernel/plan.c) each copy tells of itself and may sleep.
extern planner
%macro tell 0
	cmp dword [planner], 0
	je %%go
	call keep_and_tell
%%go:
%endmacro

section .text

keep_and_tell:			; the arguments are needed afterwards
	push eax
	push edx
	push ecx
	mov eax, PLAN_COPY
	call [planner]
	pop ecx
	pop edx
	pop eax
	ret

global __copy_user
__copy_user:
	tell
	push esi
	push edi
	mov edi, eax
	mov esi, edx
	mov edx, ecx
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
	tell
	push edi
	mov edi, eax
	xor eax, eax
	mov ecx, edx
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
	tell
	push esi
	push edi
	push ecx
	mov edi, eax
	mov esi, edx
.load:	lodsb
	stosb
	test al, al
	loopnz .load		; until the NUL or the n-th character
	jnz .done
	inc ecx			; the NUL does not count
.done:	pop eax
	sub eax, ecx
.pop:	pop edi
	pop esi
	ret
.out:	pop ecx
	jmp .pop
	fixup .load, .out

; int __strnlen_user(const char *s, u32 n): length, n when no NUL is among the n bytes, or -errno
global __strnlen_user
__strnlen_user:
	tell
	mov ecx, edx
	push edx
	mov edx, eax
.next:	jecxz .done
.load:	mov al, [edx]
	inc edx
	dec ecx
	test al, al
	jnz .next
	inc ecx
.done:	mov eax, [esp]
	sub eax, ecx
.out:	add esp, 4
	ret
	fixup .load, .out

global get_user_u32
get_user_u32:
	tell
	cmp edx, KERNEL_BASE - 4
	ja bad_pointer
	mov ecx, eax
	xor eax, eax
.load:	mov edx, [edx]
	mov [ecx], edx
.out:	ret
	fixup .load, .out

global put_user_u32
put_user_u32:
	tell
	cmp edx, KERNEL_BASE - 4
	ja bad_pointer
	mov ecx, eax
	xor eax, eax
.store:	mov [edx], ecx
.out:	ret
	fixup .store, .out

global cmpxchg_user_u32
cmpxchg_user_u32:
	tell
	cmp ecx, KERNEL_BASE - 4
	ja bad_pointer
	push ebx
	mov ebx, eax
	mov eax, [ebx]
.swap:	cmpxchg [ecx], edx	; a fault leaves EAX as it is
	mov [ebx], eax
	xor eax, eax
.out:	pop ebx
	ret
	fixup .swap, .out

bad_pointer:
	mov eax, -EFAULT
	ret
