; From one task to another.
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
	mov eax, [esp + 4]
	mov edx, [esp + 8]
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
.fs:	mov fs, [esp + 4]
.gs:	mov gs, [esp + 8]
	ret
.no_fs:	mov dword [esp + 4], 0
	jmp .fs
.no_gs:	mov dword [esp + 8], 0
	jmp .gs
	fixup .fs, .no_fs
	fixup .gs, .no_gs
