/*
 * ELF files that tests write by hand. A test takes a good one, spoils it and
 * executes it. The code is position independent.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H
#include <abi/elf.h>
#include <check.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/wait.h>

#define MAIN "/tmp/test-main"
#define LOADER "/tmp/test-loader"	/* an interpreter */
#define EXEC_BASE 0x08048000u
#define MAIN_BASE 0x56555000u		/* Cowix's, of ET_DYN */
#define PAGE 4096
#define DONE 42				/* status after the whole code */
#define FAILED_EXEC 100			/* plus the error */
#define KILLED 300			/* plus the signal */

enum { TEXT, DATA, INTERPRETER, STACK, HEADERS };

/* Two pages of a file: headers, path and code, then data. */
struct image {
	struct elf32_ehdr header;
	struct elf32_phdr ph[HEADERS];
	char path[64];
	unsigned char code[256];
	char rest[PAGE - 52 - HEADERS * 32 - 64 - 256];
	char data[PAGE];
};

/* Ends with the status DONE. */
static const unsigned char exit_code[] = {
	0xB8, 1, 0, 0, 0,		/* mov eax, 1 */
	0xBB, DONE, 0, 0, 0,		/* mov ebx, DONE */
	0xCD, 0x80,			/* int 0x80 */
};

/* Sleeps until a signal ends it. */
static const unsigned char pause_code[] = {
	0xB8, 29, 0, 0, 0,		/* mov eax, 29 */
	0xCD, 0x80,			/* int 0x80 */
	0xEB, 0xF7,			/* jmp to the first */
};

/* Does what every interpreter does at last: jumps to AT_ENTRY. */
static const unsigned char loader_code[] = {
	0x89, 0xE6,			/* mov esi, esp */
	0xAD,				/* lodsd: argc */
	0xAD, 0x85, 0xC0, 0x75, 0xFB,	/* argv: lodsd; test; jnz argv */
	0xAD, 0x85, 0xC0, 0x75, 0xFB,	/* envp: lodsd; test; jnz envp */
	0xAD,				/* auxv: lodsd */
	0x8B, 0x16,			/* mov edx, [esi] */
	0x83, 0xC6, 4,			/* add esi, 4 */
	0x83, 0xF8, AT_ENTRY,		/* cmp eax, AT_ENTRY */
	0x75, 0xF5,			/* jne auxv */
	0xFF, 0xE2,			/* jmp edx */
};

static inline void set_code(struct image *e, const void *code, unsigned size)
{
	memset(e->code, 0x90, sizeof(e->code));
	memcpy(e->code, code, size);
}

/* Makes a good image that needs no interpreter, of ET_EXEC or ET_DYN. */
static inline void make_image(struct image *e, int type)
{
	unsigned base = type == ET_EXEC ? EXEC_BASE : 0;

	memset(e, 0, sizeof(*e));
	e->header = (struct elf32_ehdr){
		.e_ident = { 0x7F, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = type,
		.e_machine = EM_386,
		.e_version = 1,
		.e_entry = base + offsetof(struct image, code),
		.e_phoff = offsetof(struct image, ph),
		.e_ehsize = sizeof(e->header),
		.e_phentsize = sizeof(e->ph[0]),
		.e_phnum = HEADERS,
	};
	e->ph[TEXT] = (struct elf32_phdr){ PT_LOAD, 0, base, base, PAGE, PAGE,
					   PF_R | PF_X, PAGE };
	e->ph[DATA] = (struct elf32_phdr){ PT_LOAD, PAGE, base + 2 * PAGE,
					   base + 2 * PAGE, PAGE / 2, 3 * PAGE,
					   PF_R | PF_W, PAGE };
	e->ph[STACK] = (struct elf32_phdr){ .p_type = PT_GNU_STACK,
					    .p_flags = PF_R | PF_W };
	set_code(e, exit_code, sizeof(exit_code));
}

/* Makes the image name an interpreter. */
static inline void name_interpreter(struct image *e, const char *path)
{
	e->ph[INTERPRETER] = (struct elf32_phdr){
		.p_type = PT_INTERP,
		.p_offset = offsetof(struct image, path),
		.p_filesz = strlen(path) + 1,
		.p_memsz = strlen(path) + 1,
	};
	strcpy(e->path, path);
}

/* Makes an image of an interpreter, of ET_EXEC or ET_DYN. */
static inline void make_loader(struct image *e, int type)
{
	make_image(e, type);
	set_code(e, loader_code, sizeof(loader_code));
}

static inline void save_file(const char *path, const void *bytes, int n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	CHECK(fd >= 0 && write(fd, bytes, n) == n && close(fd) == 0);
}

static inline void write_image(const char *path, const struct image *e)
{
	save_file(path, e, sizeof(*e));
}

/* Executes path. Returns its status, FAILED_EXEC or KILLED. */
static inline int execute(const char *path)
{
	int pid = fork(), status;

	if (pid == 0) {
		execve(path, (char *[]){ "x", NULL }, (char *[]){ NULL });
		_exit(FAILED_EXEC + errno);
	}
	status = wait_status(pid);
	return WIFSIGNALED(status) ? KILLED + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

#endif
