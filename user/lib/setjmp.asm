; int setjmp(jmp_buf env); void longjmp(jmp_buf env, int value);
; A jmp_buf holds ebx, esi, edi, ebp, esp and eip, in this order.
section .text.setjmp progbits alloc exec nowrite align=4
global setjmp, longjmp
setjmp:
	mov eax, [esp + 4]
	mov [eax], ebx
	mov [eax + 4], esi
	mov [eax + 8], edi
	mov [eax + 12], ebp
	lea ecx, [esp + 4]
	mov [eax + 16], ecx
	mov ecx, [esp]
	mov [eax + 20], ecx
	xor eax, eax
	ret
longjmp:
	mov edx, [esp + 4]
	mov eax, [esp + 8]
	test eax, eax
	jnz .value
	inc eax
.value:	mov ebx, [edx]
	mov esi, [edx + 4]
	mov edi, [edx + 8]
	mov ebp, [edx + 12]
	mov esp, [edx + 16]
	jmp [edx + 20]
