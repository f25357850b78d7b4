; From one task to another.
;
;	void switch_to(struct switch_frame **save, struct switch_frame *next);
;	void set_fs_gs(u32 fs, u32 gs);
;
; The stack of a task that does not run, a struct switch_frame:
;
;	0 gs  4 fs  8 edi  12 esi  16 ebx  20 ebp  24 eip

%include "fixup.inc"

section .text

; Switches tasks in software: saves what C expects to find again and the
; segments that only programs use, and changes stacks. A segment that does not
; exist any more becomes none. Returns when the caller is switched to again.
global switch_to
switch_to:
	mov eax, [esp + 4]
	mov edx, [esp + 8]
	push ebp
	push ebx
	push esi
	push edi
	push fs
	push gs
	mov [eax], esp
	mov esp, edx
.gs:	pop gs
.fs:	pop fs
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret
.no_gs:	mov dword [esp], 0
	jmp .gs
.no_fs:	mov dword [esp], 0
	jmp .fs
	fixup .gs, .no_gs
	fixup .fs, .no_fs

; Loads those segments. One that does not exist becomes none.
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
