; Setup: the first 4 KB of /boot/cowix, in real mode at SETUP_LOAD. Checks that
; the kernel behind it has arrived whole, and asks the BIOS about the machine
; (bios.inc). Opens the A20 gate (a20.inc), and reads the root file system into
; memory (ramdisk.inc). Enters protected mode, and jumps to startup_32
; (head.asm). GRUB and its like do without: see multiboot.asm.
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
	mov [drive], dl
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
	mov dl, [drive]
	call probe_extensions
	call get_geometry
	call load_ramdisk
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
%include "disk.inc"
%include "disk_error.inc"
%include "bios.inc"
%include "a20.inc"
%include "ramdisk.inc"

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

%include "gdt.inc"
gdt_descriptor:
	dw $ - gdt - 1
	dd SETUP_LOAD + gdt

wanted_sum:	dd 0
sectors:	dw 0

newline:	db 13, 10, 0
whole:		db 13, 10, "setup: kernel loaded", 13, 10, 0
damaged:	db 13, 10, "setup: the kernel is damaged (checksum): "
		db "the image is cut short or was changed", 13, 10, 0
memory:		db "setup: memory sized", 13, 10, 0
a20_closed:	db "setup: cannot open the A20 gate", 13, 10, 0
protected:	db "setup: entering protected mode", 13, 10, 0

cannot_read:	db "setup: cannot read sector ", 0
; int 13h's errors (AH); the last stands for all others.
disk_errors:	db 0x02, ": no address mark ", 0
		db 0x04, ": no such sector ", 0
		db 0x06, ": the disk was changed ", 0
		db 0x08, ": DMA overrun ", 0
		db 0x10, ": bad CRC ", 0
		db 0x20, ": the controller failed ", 0
		db 0x40, ": seek failed ", 0
		db 0x80, ": not ready ", 0
		db 0, ": error ", 0

%assign room CMDLINE_OFFSET - ($ - $$)
%if room < 0
  %assign room -room
  %error setup: room bytes too long
%else
  %warning setup: room bytes left
%endif
	times CMDLINE_OFFSET - ($ - $$) db 0
	times CMDLINE_SIZE db 0		; the kernel parameters
