; Another way in: GRUB, or qemu -kernel, loads the kernel as the Multiboot
; Specification (version 1) says, without boot sector and setup. The loader
; looks for the header below in the first 8 KB of kernel.elf or /boot/cowix. It
; puts the kernel, from startup_32 on, at MULTIBOOT_LOAD, since many loaders do
; not write below 1 MB. It jumps to multiboot_start in protected mode, with
; paging off. EBX leads to a structure that tells about the machine.
;
; This does what setup does otherwise: it fills struct boot_params, moves the
; kernel to where it belongs, and jumps to startup_32. A module that the loader
; has brought is the ramdisk.
;
;	0x100000	MULTIBOOT_LOAD: the kernel
;	0x200000	PARAMS, until all is known, and the stack
;	0x300000	MULTIBOOT_END: what the loader has is below 1 MB or here
;
; Nothing below 1 MB is written until all is read: QEMU's structure begins where
; struct boot_params does.

%include "boot_params.inc"
%include "mmu.inc"
%include "segment.inc"

MAGIC		equ 0x1BADB002
PAGE_ALIGN	equ 1 << 0		; modules begin at a page
WANT_MEMORY	equ 1 << 1		; tell how much there is
ADDRESSES	equ 1 << 16		; the header tells where to load what
HEADER_FLAGS	equ PAGE_ALIGN | WANT_MEMORY | ADDRESSES

MULTIBOOT_LOAD	equ 0x100000
PARAMS		equ 0x200000
MULTIBOOT_END	equ 0x300000		; beyond the kernel's variables, too
LOADED		equ MULTIBOOT_LOAD - KERNEL_BASE - KERNEL_LOAD ; + an address

; The structure that EBX leads to.
MBI_FLAGS	equ 0			; which of the following are there
HAS_CMDLINE	equ 1 << 2
HAS_MODULES	equ 1 << 3
HAS_MMAP	equ 1 << 6
MBI_MEM_LOWER	equ 4			; KB from 0
MBI_MEM_UPPER	equ 8			; KB from 1 MB
MBI_CMDLINE	equ 16
MBI_MODULES	equ 20			; how many
MBI_MODULE	equ 24			; the first one's start and end
MBI_MMAP_LENGTH	equ 44
MBI_MMAP	equ 48
MMAP_ENTRY	equ 20			; without its length, which comes first
E820_SIZE	equ 24

; In the BIOS data area, which is as the BIOS left it.
BDA_VIDEO_MODE	equ 0x449
BDA_COLUMNS	equ 0x44A
BDA_CURSOR	equ 0x450		; column and row
BDA_HARD_DISKS	equ 0x475

extern startup_32, __data_end

section .text.multiboot progbits alloc exec nowrite align=16
bits 32

header:
	dd MAGIC
	dd HEADER_FLAGS
	dd -(MAGIC + HEADER_FLAGS)
	dd header + LOADED		; so the file's place is known:
	dd MULTIBOOT_LOAD		; here goes startup_32
	dd __data_end + LOADED
	dd MULTIBOOT_END		; zeroes up to here
	dd multiboot_start + LOADED

multiboot_start:
	cld
	mov esp, MULTIBOOT_END
	mov ebp, PARAMS
	mov byte [ebp + BP_BOOT_DRIVE], BOOT_LOADER
	call copy_bios_data
	call copy_memory
	call copy_cmdline
	call copy_module
	mov esi, MULTIBOOT_LOAD
	mov edi, KERNEL_LOAD
	mov ecx, __data_end - KERNEL_BASE - KERNEL_LOAD + 3
	shr ecx, 2
	rep movsd
	mov esi, ebp
	mov edi, BOOT_PARAMS
	mov ecx, (BP_CMDLINE + CMDLINE_SIZE) / 4
	rep movsd
	lgdt [gdt_descriptor - KERNEL_BASE]
	mov ax, KERNEL_DS
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
	jmp KERNEL_CS:startup_32 - KERNEL_BASE

copy_bios_data:
	mov al, [BDA_VIDEO_MODE]
	mov [ebp + BP_VIDEO_MODE], al
	mov al, [BDA_COLUMNS]
	mov [ebp + BP_VIDEO_COLUMNS], al
	mov ax, [BDA_CURSOR]
	mov [ebp + BP_CURSOR_COLUMN], al
	mov [ebp + BP_CURSOR_ROW], ah
	mov al, [BDA_HARD_DISKS]
	mov [ebp + BP_HARD_DISKS], al
	ret

; Copies the memory map: entries of the BIOS, each behind its length. Without a
; map, makes an entry of the memory above 1 MB.
copy_memory:
	mov eax, [ebx + MBI_MEM_LOWER]
	mov [ebp + BP_BASE_MEMORY], ax
	lea edi, [ebp + BP_E820]
	test dword [ebx + MBI_FLAGS], HAS_MMAP
	jz .one
	mov esi, [ebx + MBI_MMAP]
	mov edx, [ebx + MBI_MMAP_LENGTH]
	add edx, esi			; the map's end
.entry:
	cmp esi, edx
	jae .done
	lodsd
	lea eax, [esi + eax]		; the next entry
	mov ecx, MMAP_ENTRY / 4
	rep movsd
	add edi, E820_SIZE - MMAP_ENTRY
	mov esi, eax
	inc dword [ebp + BP_E820_COUNT]
	cmp dword [ebp + BP_E820_COUNT], E820_MAX
	jb .entry
	ret
.one:
	mov eax, [ebx + MBI_MEM_UPPER]
	shl eax, 10
	mov dword [edi], 1 << 20	; base
	mov [edi + 8], eax		; length
	mov dword [edi + 16], E820_RAM
	inc dword [ebp + BP_E820_COUNT]
.done:
	ret

; Copies the loader's command line. It may begin with the name of the file,
; which the kernel ignores.
copy_cmdline:
	test dword [ebx + MBI_FLAGS], HAS_CMDLINE
	jz .done
	mov esi, [ebx + MBI_CMDLINE]
	lea edi, [ebp + BP_CMDLINE]
	mov ecx, CMDLINE_SIZE - 1	; a NUL is behind it
.next:
	lodsb
	stosb
	test al, al
	loopnz .next
.done:
	ret

; Notes where the first module is.
copy_module:
	test dword [ebx + MBI_FLAGS], HAS_MODULES
	jz .done
	cmp dword [ebx + MBI_MODULES], 0
	je .done
	mov esi, [ebx + MBI_MODULE]
	mov eax, [esi]
	mov [ebp + BP_RAMDISK], eax
	mov eax, [esi + 4]
	mov [ebp + BP_RAMDISK_END], eax
.done:
	ret

%include "gdt.inc"
gdt_descriptor:
	dw gdt_descriptor - gdt - 1
	dd gdt - KERNEL_BASE
