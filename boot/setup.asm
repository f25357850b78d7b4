; Setup: the first 4 KB of /boot/cowix, in real mode at SETUP_LOAD. Checks that the kernel behind it arrived whole, asks the BIOS what only the
; BIOS knows (memory, cursor), leaves the answers and the kernel parameters at BOOT_PARAMS, opens the A20 gate and enters
; protected mode. On entry: DL boot drive, EAX checksum of the kernel, BX sectors of setup and kernel together.

%include "boot_params.inc"
%include "mmu.inc"

bits 16
org 0

PORT_A		equ 0x92		; fast A20
KBD_STATUS	equ 0x64
KBD_DATA	equ 0x60
PARAMS_SEGMENT	equ BOOT_PARAMS >> 4
BIOS_HARD_DISKS	equ 0x475		; in the BIOS data area
SMAP		equ 0x534D4150

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
	push dx
	xor di, di
	xor ax, ax
	mov cx, BP_CMDLINE
	cld
	rep stosb
	pop dx
	mov [es:BP_BOOT_DRIVE], dl
	call check_kernel
	call get_memory
	call get_disks
	call get_video
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
	jmp dword 8:SETUP_LOAD + protected_mode

; Sum up the 32-bit words of the kernel and compare: a short or damaged image shows here.
check_kernel:
	push ds
	mov bx, [sectors]
	sub bx, SETUP_SIZE / 512
	xor edx, edx
	mov ax, KERNEL_LOAD >> 4
.sector:
	mov ds, ax
	xor si, si
	mov cx, 128
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

; Memory, by the three calls that BIOSes have had. int 12h: memory below 640 KB.
get_memory:
	int 0x12
	mov [es:BP_BASE_MEMORY], ax
	mov ah, 0x88
	int 0x15
	jc .no88
	mov [es:BP_MEM88], ax
.no88:
	xor cx, cx
	xor dx, dx
	mov ax, 0xE801
	int 0x15
	jc .no801
	mov [es:BP_E801_LOW], ax
	mov [es:BP_E801_HIGH], bx
.no801:
	xor ebx, ebx
	mov di, BP_E820
.next:
	mov eax, 0xE820
	mov edx, SMAP
	mov ecx, 24
	int 0x15
	jc .done
	cmp eax, SMAP
	jne .done
	add di, 24
	inc dword [es:BP_E820_COUNT]
	cmp dword [es:BP_E820_COUNT], E820_MAX
	jae .done
	test ebx, ebx
	jnz .next
.done:
	mov si, memory
	jmp print

; Geometry of the boot drive, and how many hard disks the BIOS counts (0 where a call is missing).
get_disks:
	push es
	xor ax, ax
	mov es, ax
	mov al, [es:BIOS_HARD_DISKS]
	xor di, di
	push ax
	mov ax, PARAMS_SEGMENT
	mov es, ax
	mov dl, [es:BP_BOOT_DRIVE]
	xor ax, ax
	mov es, ax
	mov ah, 8
	int 0x13
	pop ax
	pop es
	mov [es:BP_HARD_DISKS], al
	jc .done
	mov al, cl
	and al, 63
	mov [es:BP_SECTORS], al
	inc dh
	mov [es:BP_HEADS], dh
	xchg cl, ch			; the two high bits of the cylinder are with the sector
	shr ch, 6
	inc cx
	mov [es:BP_CYLINDERS], cx
.done:
	ret

get_video:
	mov ah, 0x0F
	int 0x10
	mov [es:BP_VIDEO_MODE], al
	mov [es:BP_VIDEO_COLUMNS], ah
	ret

get_cursor:
	mov ah, 3
	xor bh, bh
	int 0x10
	mov [es:BP_CURSOR_ROW], dh
	mov [es:BP_CURSOR_COLUMN], dl
	ret

; Open A20, by the BIOS, the fast gate, the keyboard controller, whichever helps first; each is checked.
enable_a20:
	call a20_open
	jnz .open
	mov ax, 0x2401
	int 0x15
	call a20_open
	jnz .open
	in al, PORT_A
	or al, 2
	and al, 0xFE
	out PORT_A, al
	call a20_open
	jnz .open
	call kbd_wait
	mov al, 0xD1
	out KBD_STATUS, al
	call kbd_wait
	mov al, 0xDF
	out KBD_DATA, al
	call kbd_wait
	mov cx, 0xFFFF
.wait:
	call a20_open
	jnz .open
	loop .wait
	fail a20_closed
.open:
	ret

kbd_wait:
	push cx
	mov cx, 0xFFFF
.busy:
	in al, KBD_STATUS
	test al, 2
	loopnz .busy
	pop cx
	ret

; ZF clear if an address above 1 MB does not wrap around to the word 1 MB below it.
a20_open:
	push ds
	push es
	push cx
	xor cx, cx
	mov ds, cx
	dec cx
	mov es, cx			; FFFF:0510 is 1 MB above 0000:0500
	mov cx, [0x500]
	mov word [0x500], 0x1234
	cmp word [es:0x510], 0x1234
	jne .differs
	mov word [0x500], 0x4321
	cmp word [es:0x510], 0x4321
.differs:
	mov [0x500], cx
	pop cx
	pop es
	pop ds
	ret

die:
	call print
.stop:
	hlt
	jmp .stop

print:
	pusha
.next:
	lodsb
	test al, al
	jz .done
	out 0xE9, al
	mov ah, 0x0E
	mov bx, 7
	int 0x10
	jmp .next
.done:
	popa
	ret

bits 32
protected_mode:
	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
	mov esp, SETUP_LOAD
	jmp 8:KERNEL_LOAD

align 8
gdt:	dq 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF
gdt_descriptor:
	dw $ - gdt - 1
	dd SETUP_LOAD + gdt

wanted_sum:	dd 0
sectors:	dw 0

whole:		db "setup: kernel loaded", 13, 10, 0
damaged:	db "setup: the kernel is damaged (checksum): the image is cut short or was changed", 13, 10, 0
memory:		db "setup: memory sized", 13, 10, 0
a20_closed:	db "setup: cannot open the A20 gate", 13, 10, 0
protected:	db "setup: entering protected mode", 13, 10, 0

	times CMDLINE_OFFSET - ($ - $$) db 0
	times CMDLINE_SIZE db 0		; the kernel parameters
