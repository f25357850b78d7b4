; The boot sector. The BIOS loads it at 0x7C00 with the drive's number in DL.
; It loads /boot/cowix, which is setup with the kernel behind it, to SETUP_LOAD,
; and jumps to setup. The image builder has laid that file out in one piece.
;
; The same sector works on a floppy and on a hard disk: the BIOS tells the
; geometry. A hard disk is read by block number if the BIOS can do that. If a
; read fails three times, the sector is named and the machine stops.
;
;	0x07C00		this sector; its stack grows down from here
;	0x10000		SETUP_LOAD: setup, 4 KB
;	0x11000		KERNEL_LOAD: the kernel

%include "boot_params.inc"

bits 16
org 0x7C00

RETRIES		equ 3
FIELDS		equ 438			; offset of what tools/mkfs fills in

start:
	jmp 0:.flat			; some BIOSes start with CS 0x07C0
.flat:
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 0x7C00
	cld
	sti
	mov [drive], dl
	mov si, loading
	call print
	call get_geometry
	call probe_extensions
	mov ax, SETUP_LOAD >> 4
	mov es, ax
	mov ax, [first_sector]
	mov [sector], ax
	mov ax, [sector_count]
	mov [left], ax
.next:
	call read_some
	cmp word [left], 0
	jne .next
	mov dl, [drive]
	mov eax, [checksum]
	mov bx, [sector_count]
	jmp (SETUP_LOAD >> 4):0

; Asks for the drive's sectors a track and heads. Leaves those of a 1.44 MB
; floppy if the BIOS does not tell.
get_geometry:
	push es
	mov ah, 8
	mov dl, [drive]
	xor di, di
	mov es, di			; some BIOSes want ES:DI to be 0:0
	int 0x13
	pop es
	jc .done
	and cx, 63
	jz .done
	mov [track_sectors], cx
	movzx dx, dh			; the highest head
	inc dx
	mov [heads], dx
.done:
	ret

; Sets by_block if the BIOS reads this drive by block number (int 13h, AH=42h).
; It reads no floppy in that way.
probe_extensions:
	mov ah, 0x41
	mov bx, 0x55AA
	mov dl, [drive]
	test dl, dl
	jns .done			; below 0x80: a floppy
	int 0x13
	jc .done
	cmp bx, 0xAA55
	jne .done
	and cl, 1
	mov [by_block], cl
.done:
	ret

; Reads as many sectors as possible to ES:0: they must lie on one track, be
; wanted, and fit below the next 64 KB boundary, which floppy DMA cannot cross.
; Advances ES, sector and left.
read_some:
	mov ax, [sector]
	xor dx, dx
	div word [track_sectors]	; AX: track, DX: sector on it
	mov bx, [track_sectors]
	sub bx, dx
	cmp bx, [left]
	jbe .fits
	mov bx, [left]
.fits:
	mov cx, es
	and cx, 0x0FFF
	neg cx
	add cx, 0x1000
	shr cx, 5			; sectors up to the boundary
	cmp bx, cx
	jbe .ready
	mov bx, cx
.ready:
	mov [count], bx
	mov [where], es
	mov cx, dx
	inc cx				; CL: sector, from 1
	xor dx, dx
	div word [heads]		; AX: cylinder, DX: head
	mov ch, al
	shl ah, 6			; its two high bits go above the sector
	or cl, ah
	mov dh, dl
	mov bp, RETRIES
.try:
	mov dl, [drive]
	mov ah, 2			; read CX, DH, AL sectors to ES:BX
	mov al, [count]
	xor bx, bx
	cmp byte [by_block], 0
	je .read
	mov ah, 0x42			; read what the packet says
	mov si, packet
.read:
	pusha
	int 0x13
	popa
	jnc .advance
	pusha
	xor ah, ah			; reset the drive
	int 0x13
	popa
	dec bp
	jnz .try
	mov si, read_error
	call print
	mov ax, [sector]
	call print_hex
.stop:
	hlt
	jmp .stop
.advance:
	mov ax, [count]
	add [sector], ax
	sub [left], ax
	shl ax, 5			; paragraphs of 16 bytes
	mov bx, es
	add bx, ax
	mov es, bx
	ret

; Prints AX as four hexadecimal digits.
print_hex:
	mov cx, 4
.digit:
	rol ax, 4			; the highest digit comes first
	push ax
	and al, 15
	add al, '0'
	cmp al, '9'
	jbe .print
	add al, 'A' - '0' - 10
.print:
	call putc
	pop ax
	loop .digit
	ret

%include "print.inc"

loading:	db "boot", 13, 10, 0
read_error:	db "boot: cannot read sector ", 0

drive:		db 0
by_block:	db 0			; 1: AH=42h works
track_sectors:	dw 18
heads:		dw 2
left:		dw 0			; sectors still to be read

; The packet of AH=42h.
packet:		dw 16			; its size
count:		dw 0			; of sectors
		dw 0			; read to where:0
where:		dw 0
sector:		dq 0			; the first one

%assign room FIELDS - ($ - $$)
%if room < 0
  %assign room -room
  %error boot sector: room bytes too long
%else
  %warning boot sector: room bytes left
%endif
	times FIELDS - ($ - $$) db 0

; tools/mkfs fills these in; on a hard disk the partition table follows, at 446.
first_sector:	dw 0
sector_count:	dw 0
checksum:	dd 0
	times 510 - ($ - $$) db 0
	dw 0xAA55
