; The boot sector. The BIOS loads it at 0x7C00 with the drive in DL; it loads /boot/cowix (setup, then the kernel), which the image builder
; has laid out in one piece, to SETUP_LOAD and jumps there. The same sector works on a floppy and on a hard disk: the
; geometry comes from the BIOS, and a hard disk is read by block number where the BIOS can. A read that fails three times is reported with its
; sector number, and that is the end.

%include "boot_params.inc"

bits 16
org 0x7C00

RETRIES		equ 3

start:
	jmp 0:.flat
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

; Sectors a track and heads of the drive; those of a 1.44 MB floppy if the BIOS does not tell.
get_geometry:
	push es
	mov ah, 8
	mov dl, [drive]
	xor di, di
	mov es, di
	int 0x13
	pop es
	jc .done
	and cx, 63
	jz .done
	mov [track_sectors], cx
	movzx dx, dh
	inc dx
	mov [heads], dx
.done:
	ret

; Whether the BIOS reads this drive by block number (int 13h, AH=42h); no floppy does.
probe_extensions:
	mov ah, 0x41
	mov bx, 0x55AA
	mov dl, [drive]
	test dl, dl
	jns .done
	int 0x13
	jc .done
	cmp bx, 0xAA55
	jne .done
	and cl, 1
	mov [by_block], cl
.done:
	ret

; Read as many sectors as lie together on the track, fit below the next 64 KB boundary (floppy DMA cannot cross it) and are
; wanted; advance ES, sector and left.
read_some:
	mov ax, [sector]
	xor dx, dx
	div word [track_sectors]	; AX: track, DX: sector on it
	mov bx, [track_sectors]
	sub bx, dx
	cmp bx, [left]
	jbe .fits
	mov bx, [left]
.fits:	mov cx, es
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
	shl ah, 6
	or cl, ah
	mov dh, dl
	mov bp, RETRIES
.try:
	mov dl, [drive]
	mov ah, 2
	mov al, [count]
	xor bx, bx
	mov si, packet
	cmp [by_block], bl
	je .read
	mov ah, 0x42
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
	jmp stop
.advance:
	mov ax, [count]
	add [sector], ax
	sub [left], ax
	shl ax, 5
	mov bx, es
	add bx, ax
	mov es, bx
	ret

stop:
	hlt
	jmp stop

; Print the text at SI, on the screen and on port 0xE9.
print:
	lodsb
	test al, al
	jz .done
	call putc
	jmp print
.done:
	ret

putc:
	pusha
	out 0xE9, al
	mov ah, 0x0E
	mov bx, 7
	int 0x10
	popa
	ret

print_hex:
	mov cx, 4
.digit:
	rol ax, 4
	push ax
	and al, 15
	cmp al, 10
	sbb al, 0x69
	das				; 0-9 A-F
	call putc
	pop ax
	loop .digit
	ret

loading:	db "boot", 13, 10, 0
read_error:	db "boot: cannot read sector ", 0

drive:		db 0
by_block:	db 0
track_sectors:	dw 18
heads:		dw 2
left:		dw 0

; The read as AH=42h wants it: size of the packet, sectors, where to, from which block on.
packet:		dw 16
count:		dw 0
		dw 0
where:		dw 0
sector:		dq 0

FIELDS		equ 438			; then a hard disk's partition table, at 446

%assign room FIELDS - ($ - $$)
%if room < 0
  %assign room -room
  %error boot sector: room bytes too long
%else
  %warning boot sector: room bytes left
%endif
	times FIELDS - ($ - $$) db 0

; Filled in by tools/mkfs.
first_sector:	dw 0
sector_count:	dw 0
checksum:	dd 0
	times 510 - ($ - $$) db 0
	dw 0xAA55
