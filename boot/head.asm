; The kernel's first instructions, in protected mode without paging, at
; KERNEL_LOAD. Makes the first page table and turns paging on, with write
; protection for ring 0 too (CR0.WP): copy-on-write must hold for the kernel's
; own writes. Then calls, on the idle task's stack,
;
;	void start_kernel(struct boot_params *bp);
;
; The kernel is linked at KERNEL_BASE + KERNEL_LOAD. Until paging is on, every
; address is therefore used less KERNEL_BASE. All segments are flat; the GDT is
; still setup's.

%include "mmu.inc"
%include "boot_params.inc"

EFLAGS_AC	equ 1 << 18
VGA_TEXT	equ 0xB8000
WHITE_ON_RED	equ 0x4F

extern start_kernel, init_task_union, __bss_start, __bss_end

section .text.entry progbits alloc exec nowrite align=16
bits 32

global startup_32
startup_32:
	cld
	call check_486
	mov edi, __bss_start - KERNEL_BASE
	mov ecx, __bss_end
	sub ecx, __bss_start
	shr ecx, 2
	xor eax, eax
	rep stosd
	call make_tables
	mov eax, swapper_pg_dir - KERNEL_BASE
	mov cr3, eax
	mov eax, cr0
	or eax, CR0_PG | CR0_WP
	mov cr0, eax
	mov eax, .high
	jmp eax
.high:
	mov dword [swapper_pg_dir], 0	; nothing runs at the low addresses now
	mov eax, cr3
	mov cr3, eax
	mov esp, init_task_union + PAGE_SIZE
	xor ebp, ebp			; backtraces end here
	push KERNEL_BASE + BOOT_PARAMS
	call start_kernel
.stop:
	hlt
	jmp .stop

; Stops with a message on an 80386, which has neither CR0.WP nor INVLPG. It is
; known by EFLAGS.AC, which cannot be changed there.
check_486:
	pushfd
	pop eax
	mov ecx, eax
	xor eax, EFLAGS_AC
	push eax
	popfd
	pushfd
	pop eax
	push ecx
	popfd
	xor eax, ecx
	test eax, EFLAGS_AC
	jz .too_old
	ret
.too_old:
	mov esi, old_cpu - KERNEL_BASE
	mov edi, VGA_TEXT
.char:
	lodsb
	test al, al
	jz .halt
	out 0xE9, al
	stosb
	mov al, WHITE_ON_RED
	stosb
	jmp .char
.halt:
	hlt
	jmp .halt

; Has pg0 map the first 4 MB. The directory shows it twice: at 0, for the
; instructions around the one that turns paging on, and at KERNEL_BASE.
make_tables:
	mov edi, pg0 - KERNEL_BASE
	mov eax, PTE_P | PTE_W
	mov ecx, PTES_PER_TABLE
.entry:
	stosd
	add eax, PAGE_SIZE
	loop .entry
	mov edi, swapper_pg_dir - KERNEL_BASE
	mov eax, pg0 - KERNEL_BASE + (PTE_P | PTE_W | PTE_A)
	mov [edi], eax
	mov [edi + (KERNEL_BASE >> PGDIR_SHIFT) * 4], eax
	ret

old_cpu:	db "head: Cowix needs an 80486 or later", 0

section .bss.page nobits alloc write align=4096
global swapper_pg_dir, pg0
swapper_pg_dir:	resb PAGE_SIZE
pg0:		resb PAGE_SIZE
