/*
 * A program of one segment, which a test writes by hand: the headers, then a
 * few instructions.
 */
#ifndef SMALL_ELF_H
#define SMALL_ELF_H
#include <abi/elf.h>
#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

enum { ELF_BASE = 0x08048000, ELF_HEADERS = 52 + 32 };

/*
 * Writes the headers and the code to image. The caller gives the segment its
 * sizes and flags.
 */
static inline void put_program(void *image, struct elf32_phdr segment,
			       const void *code, unsigned size)
{
	const struct elf32_ehdr header = {
		.e_ident = { 0x7F, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = 1,
		.e_entry = ELF_BASE + ELF_HEADERS,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(segment),
		.e_phnum = 1,
	};

	segment.p_type = PT_LOAD;
	segment.p_vaddr = ELF_BASE;
	segment.p_align = 4096;
	memcpy(image, &header, sizeof(header));
	memcpy((char *)image + sizeof(header), &segment, sizeof(segment));
	memcpy((char *)image + ELF_HEADERS, code, size);
}

/* Runs a program from a file of its own. Returns its status. */
static inline int run_image(const char *path, const void *image, int size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	int pid, status;

	CHECK(fd >= 0 && write(fd, image, size) == size && close(fd) == 0);
	pid = fork();
	if (pid == 0) {
		execve(path, (char *[]){ "x", NULL }, (char *[]){ NULL });
		_exit(99);
	}
	status = wait_status(pid);
	CHECK(unlink(path) == 0);
	return status;
}

#endif
