; From one task to another. Arguments come in EAX and EDX (-mregparm=3).
;
;	void switch_to(u32 *save_esp, u32 next_esp);
;	void set_fs_gs(u32 fs, u32 gs);
;
; The stack of a task that does not run, from kernel_esp up:
;
;	0 edi  4 esi  8 ebx  12 ebp  16 eip

%include "fixup.inc"

section .text

; Switches tasks in software: saves what C expects to find again, and changes
; stacks. Returns when the task that called it is switched to.
global switch_to
switch_to:
	push ebp
	push ebx
	push esi
	push edi
	mov [eax], esp
	mov esp, edx
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret

; Loads the segments that only programs use. One that does not exist any more
; becomes none.
global set_fs_gs
set_fs_gs:
.fs:	mov fs, eax
.gs:	mov gs, edx
	ret
.no_fs:	xor eax, eax
	jmp .fs
.no_gs:	xor edx, edx
	jmp .gs
	fixup .fs, .no_fs
	fixup .gs, .no_gs
