; Where a program starts. At the stack pointer the kernel leaves argc, argv,
; NULL, envp, NULL, auxv.
;	int main(int argc, char **argv, char **envp);
section .text.start progbits alloc exec nowrite align=4
extern main, exit, environ
global _start
_start:
	xor ebp, ebp
	mov eax, [esp]
	lea ecx, [esp + 4]
	lea edx, [ecx + eax * 4 + 4]
	mov [environ], edx
	and esp, -16
	push edx
	push ecx
	push eax
	call main
	push eax
	call exit
	hlt
