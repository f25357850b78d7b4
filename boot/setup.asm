; Setup: the first 4 KB of /boot/cowix, in real mode at SETUP_LOAD. Checks that
; the kernel behind it has arrived whole, and asks the BIOS about the machine
; (bios.inc). Opens the A20 gate (a20.inc), enters protected mode, and jumps to
; startup_32 (head.asm).
;
; On entry: DL boot drive, EAX checksum of the kernel, BX sectors of setup and
; kernel together.
;
;	0x09000		BOOT_PARAMS: the BIOS's answers, the kernel parameters
;	0x10000		SETUP_LOAD; the kernel parameters from CMDLINE_OFFSET on
;	0x11000		KERNEL_LOAD

%include "boot_params.inc"
%include "mmu.inc"
%include "segment.inc"

bits 16
org 0

PARAMS_SEGMENT	equ BOOT_PARAMS >> 4

; Stops with a message.
%macro fail 1
	mov si, %1
	jmp die
%endmacro

start:
	mov cx, cs
	mov ds, cx
	mov [wanted_sum], eax
	mov [sectors], bx
	mov cx, PARAMS_SEGMENT
	mov es, cx
	xor di, di
	xor ax, ax
	mov cx, BP_CMDLINE
	cld
	rep stosb			; what the BIOS does not tell is 0
	mov [es:BP_BOOT_DRIVE], dl
	call check_kernel
	call get_memory
	call get_disks
	call get_video_mode
	mov si, CMDLINE_OFFSET
	mov di, BP_CMDLINE
	mov cx, CMDLINE_SIZE
	rep movsb
	mov byte [es:BP_CMDLINE + CMDLINE_SIZE - 1], 0
	call enable_a20
	mov si, protected
	call print
	call get_cursor
	cli
	lgdt [gdt_descriptor]
	mov eax, cr0
	or al, CR0_PE
	mov cr0, eax
	jmp dword KERNEL_CS:SETUP_LOAD + protected_mode

; Adds up the 32-bit words of the kernel and compares the sum: a short or
; damaged image shows here.
check_kernel:
	push ds
	mov bx, [sectors]
	sub bx, SETUP_SIZE / 512
	xor edx, edx
	mov ax, KERNEL_LOAD >> 4
.sector:
	mov ds, ax
	xor si, si
	mov cx, 512 / 4
.word:
	add edx, [si]
	add si, 4
	loop .word
	add ax, 512 >> 4
	dec bx
	jnz .sector
	pop ds
	cmp edx, [wanted_sum]
	je .good
	fail damaged
.good:
	mov si, whole
	jmp print

die:
	call print
.stop:
	hlt
	jmp .stop

%include "print.inc"
%include "bios.inc"
%include "a20.inc"

bits 32
protected_mode:
	mov ax, KERNEL_DS
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
	mov esp, SETUP_LOAD
	jmp KERNEL_CS:KERNEL_LOAD

; A segment descriptor with base 0 and limit 4 GB (Intel SDM volume 3, "Segment
; Descriptors"). FLAT_SEGMENT access
%macro FLAT_SEGMENT 1
	dw 0xFFFF			; limit, bits 0-15
	dw 0				; base, bits 0-15
	db 0				; base, bits 16-23
	db %1				; access: present, ring, type
	db 0xCF				; limit in pages, 32-bit; limit, 16-19
	db 0				; base, bits 24-31
%endmacro

CODE_ACCESS	equ 0x9A		; present, ring 0, code, readable
DATA_ACCESS	equ 0x92		; present, ring 0, data, writable

; In the order that KERNEL_CS and KERNEL_DS say.
align 8
gdt:
	dq 0				; selector 0 is never used
	FLAT_SEGMENT CODE_ACCESS
	FLAT_SEGMENT DATA_ACCESS
gdt_descriptor:
	dw $ - gdt - 1
	dd SETUP_LOAD + gdt

wanted_sum:	dd 0
sectors:	dw 0

whole:		db "setup: kernel loaded", 13, 10, 0
damaged:	db "setup: the kernel is damaged (checksum): "
		db "the image is cut short or was changed", 13, 10, 0
memory:		db "setup: memory sized", 13, 10, 0
a20_closed:	db "setup: cannot open the A20 gate", 13, 10, 0
protected:	db "setup: entering protected mode", 13, 10, 0

	times CMDLINE_OFFSET - ($ - $$) db 0
	times CMDLINE_SIZE db 0		; the kernel parameters
