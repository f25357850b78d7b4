; What the FPU computes: double f(double x) and the like. The result of a
; function is st0.
global sqrt, sin, cos, atan2, log, floor, fmod, __log2, __two_to_the

%macro unary 2				; name, instruction
section .text.%1 progbits alloc exec nowrite align=4
%1:	fld qword [esp + 4]
	%2
	ret
%endmacro
	unary sqrt, fsqrt
	unary sin, fsin
	unary cos, fcos

section .text.atan2 progbits alloc exec nowrite align=4
atan2:	fld qword [esp + 4]		; y
	fld qword [esp + 12]		; x
	fpatan
	ret

section .text.log progbits alloc exec nowrite align=4
log:	fldln2
	fld qword [esp + 4]
	fyl2x				; ln 2 * log2(x)
	ret

; long double __log2(double x);
section .text.__log2 progbits alloc exec nowrite align=4
__log2:	fld1
	fld qword [esp + 4]
	fyl2x
	ret

; double __two_to_the(long double y): 2^fraction * 2^integer
section .text.__two_to_the progbits alloc exec nowrite align=4
__two_to_the:
	fld tword [esp + 4]
	fld st0
	frndint
	fsub st1, st0
	fxch st1
	f2xm1				; -1 to 1 is all that it takes
	fld1
	faddp st1, st0
	fscale
	fstp st1
	ret

; The control word's bits 10 and 11 say how to round: 01 is down.
section .text.floor progbits alloc exec nowrite align=4
floor:	fld qword [esp + 4]
	fnstcw [esp + 4]
	mov eax, [esp + 4]
	and ah, 0xF3
	or ah, 0x04
	mov [esp + 8], eax
	fldcw [esp + 8]
	frndint
	fldcw [esp + 4]
	ret

section .text.fmod progbits alloc exec nowrite align=4
fmod:	fld qword [esp + 12]
	fld qword [esp + 4]
.again:	fprem				; may need several steps
	fnstsw ax
	test ah, 4
	jnz .again
	fstp st1
	ret
