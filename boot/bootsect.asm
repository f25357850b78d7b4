; The boot sector. The BIOS loads it at 0x7C00 with the drive's number in DL.
; It loads /boot/cowix, which is setup with the kernel behind it, to SETUP_LOAD,
; and jumps to setup. The image builder has laid that file out in one piece.
;
; A dot is printed for each track. If a track cannot be read, sector and reason
; are named, and the machine stops.
;
;	0x07C00		this sector; its stack grows down from here
;	0x10000		SETUP_LOAD: setup, 4 KB
;	0x11000		KERNEL_LOAD: the kernel

%include "boot_params.inc"

bits 16
org BOOT_SECTOR

start:
	jmp 0:.flat			; some BIOSes start with CS 0x07C0
.flat:
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, BOOT_SECTOR
	cld
	sti
	mov [drive], dl
	mov si, loading
	call print
	call probe_extensions
	call get_geometry
	push SETUP_LOAD >> 4
	pop es
	mov ax, [first_sector]
	mov [sector], ax
	mov ax, [sector_count]
	mov [left], ax
.next:
	mov al, '.'
	call putc
	call read_some
	jc .failed
	jnz .next
	mov dl, [drive]
	mov eax, [checksum]
	mov bx, [sector_count]
	jmp (SETUP_LOAD >> 4):0
.failed:
	call print_disk_error
.stop:
	hlt
	jmp .stop

%include "disk.inc"
%include "disk_error.inc"
%include "print.inc"

loading:	db "boot", 0
cannot_read:	db 13, 10, "sector ", 0
disk_errors:	db 0x04, " missing ", 0
		db 0x80, " not ready ", 0
		db 0, " error ", 0

%assign room BOOT_FIELDS - ($ - $$)
%if room < 0
  %assign room -room
  %error boot sector: room bytes too long
%else
  %warning boot sector: room bytes left
%endif
	times BOOT_FIELDS - ($ - $$) db 0

; tools/mkfs fills these in; on a hard disk the partition table follows, at 446.
first_sector:	dw 0
sector_count:	dw 0
checksum:	dd 0
	times 510 - ($ - $$) db 0
	dw 0xAA55
