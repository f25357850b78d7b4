; Lab 1: a boot sector that tries a20.inc by itself. It closes the gate, asks
; whether it is open, opens it, asks again, and says on port 0xE9 what it found.
; FAST=1: the BIOS refuses, so that another way has to be found.

bits 16
org 0x7C00

%macro fail 1
	mov si, %1
	jmp say_and_stop
%endmacro

start:
	jmp 0:.flat
.flat:
	xor ax, ax
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov sp, 0x7C00
	cld
	call close_a20
	mov di, 0x5A5A			; registers that must be kept
	call is_a20_open
	jnz .not_closed
	mov si, closed
	call say
%if FAST
	mov word [0x15 * 4], refuse
	mov word [0x15 * 4 + 2], 0
%endif
	call enable_a20
	mov ax, ds
	or ax, ax
	jnz .segments
	call is_a20_open
	jz .not_open
	; with A20 open a store above 1 MB leaves the word below it alone
	mov ax, 0xFFFF
	mov es, ax
	mov word [0x600], 0x1111
	mov word [es:0x610], 0x2222
	cmp word [0x600], 0x1111
	jne .not_open
	fail opened
.not_closed:
	fail says_open
.not_open:
	fail still_closed
.segments:
	xor ax, ax
	mov ds, ax
	fail lost_segments

; A BIOS that knows no call 15h.
refuse:
	push bp
	mov bp, sp
	or word [bp + 6], 1		; carry: an error
	pop bp
	iret

; By the BIOS and by the fast gate.
close_a20:
	mov ax, 0x2400
	int 0x15
	in al, 0x92
	and al, 0xFC
	out 0x92, al
	ret

say:
	lodsb
	test al, al
	jz .done
	out 0xE9, al
	jmp say
.done:
	ret

say_and_stop:
	call say
	mov al, 0x10
	out 0xF4, al			; QEMU ends
.stop:
	hlt
	jmp .stop

%include "a20.inc"

closed:		db "a20: closed", 10, 0
says_open:	db "a20: is_a20_open says open, but it is closed", 10, 0
still_closed:	db "a20: still closed after enable_a20", 10, 0
lost_segments:	db "a20: DS has changed", 10, 0
opened:		db "a20: open", 10, 0
a20_closed:	db "a20: enable_a20 gave up", 10, 0

	times 510 - ($ - $$) db 0
	dw 0xAA55
