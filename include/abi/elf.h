/* ELF32 for the i386, as far as loading a program needs it. */
#ifndef ABI_ELF_H
#define ABI_ELF_H

#define ELFMAG		"\177ELF"
#define SELFMAG		4
#define EI_CLASS	4
#define EI_DATA		5
#define ELFCLASS32	1
#define ELFDATA2LSB	1
#define ET_EXEC		2
#define ET_DYN		3
#define ET_CORE		4
#define EV_CURRENT	1
#define EI_VERSION	6
#define EM_386		3
#define PT_LOAD		1
#define PT_NOTE		4
#define PT_INTERP	3
#define PT_GNU_STACK	0x6474E551	/* its flags are the stack's */
#define PF_X		1
#define PF_W		2
#define PF_R		4

struct elf32_ehdr {
	unsigned char e_ident[16];
	unsigned short e_type, e_machine;
	unsigned int e_version, e_entry, e_phoff, e_shoff, e_flags;
	unsigned short e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum,
		e_shstrndx;
};

struct elf32_phdr {
	unsigned int p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz,
		p_flags, p_align;
};

#define AT_NULL		0
#define AT_PHDR		3
#define AT_PHENT	4
#define AT_PHNUM	5
#define AT_PAGESZ	6
#define AT_BASE		7
#define AT_FLAGS	8
#define AT_ENTRY	9
#define AT_UID		11
#define AT_EUID		12
#define AT_GID		13
#define AT_EGID		14
#define AT_PLATFORM	15
#define AT_HWCAP	16	/* what CPUID says: leaf 1, EDX */
#define AT_CLKTCK	17
#define AT_SECURE	23
#define AT_RANDOM	25
#define AT_EXECFN	31

#endif
