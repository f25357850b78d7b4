/*
 * ELF files as programs: good ones, and such as a hostile user would write. On
 * Linux some of the bad ones end the process with a signal, since exec has
 * given up the old program already. Cowix finds the fault before that.
 */
#include <signal.h>
#include <sys/stat.h>
#include "elf_image.h"

static struct image image, loader;

/* Executes the image, and its interpreter's image if it has one. */
static int run_images(void)
{
	int result;

	write_image(MAIN, &image);
	write_image(LOADER, &loader);
	result = execute(MAIN);
	CHECK(unlink(MAIN) == 0 && unlink(LOADER) == 0);
	return result;
}

static void good_files(void)
{
	static const int types[] = { ET_EXEC, ET_DYN };

	for (int i = 0; i < 4; i++) {
		make_image(&image, types[i % 2]);
		make_loader(&loader, types[i / 2]);
		CHECK(run_images() == DONE);
		if (types[i / 2] == ET_EXEC)
			loader.ph[TEXT].p_vaddr += 16 * PAGE;
		if (types[i / 2] == ET_EXEC)
			loader.ph[DATA].p_vaddr += 16 * PAGE;
		if (types[i / 2] == ET_EXEC)
			loader.header.e_entry += 16 * PAGE;
		name_interpreter(&image, LOADER);
		CHECK(run_images() == DONE);
	}
}

/* What is done to an image, and what then becomes of exec. */
struct flaw {
	const char *name;
	void (*spoil)(struct image *e);
	int error;
	int on_linux;		/* another error or signal there; 0: the same */
};

#define ANYTHING (-1)
#define A_SIGNAL (-2)

#define FLAW(name, change) \
	static void name(struct image *e) \
	{ \
		change; \
	}

FLAW(other_machine, e->header.e_machine = 8)
FLAW(other_class, e->header.e_ident[EI_CLASS] = 2)
FLAW(big_endian, e->header.e_ident[EI_DATA] = 2)
FLAW(object_file, e->header.e_type = 1)
FLAW(core_file, e->header.e_type = 4)
FLAW(small_entries, e->header.e_phentsize = 31)
FLAW(large_entries, e->header.e_phentsize = 56)
FLAW(no_headers, e->header.e_phnum = 0)
FLAW(many_headers, e->header.e_phnum = 0xFFFF)
FLAW(headers_outside, e->header.e_phoff = 0x10000)
FLAW(headers_cut, e->header.e_phoff = sizeof(*e) - 33)
FLAW(headers_wrap, e->header.e_phoff = -48)
FLAW(no_segments, e->ph[TEXT].p_type = e->ph[DATA].p_type = 0)
FLAW(more_bytes_than_memory, e->ph[DATA].p_filesz = 4 * PAGE)
FLAW(data_wraps, e->ph[DATA].p_vaddr = 0xFFFFF000)
FLAW(memory_wraps, e->ph[DATA].p_memsz = 0xFFFFFFFF)
FLAW(memory_to_the_top, e->ph[DATA].p_memsz = -e->ph[DATA].p_vaddr)
FLAW(far_away, e->ph[TEXT].p_vaddr = 0xFFFF0000)
FLAW(offset_wraps, e->ph[DATA].p_offset = 0xFFFFF000)
FLAW(skewed, e->ph[DATA].p_offset += 4)
FLAW(huge_alignment, e->ph[TEXT].p_align = 0x80000000)
FLAW(odd_alignment, e->ph[TEXT].p_align = 0xFFFFFFFF)
FLAW(beyond_the_end, e->ph[DATA].p_offset += PAGE)
FLAW(overlap, e->ph[DATA].p_vaddr = e->ph[TEXT].p_vaddr)
FLAW(no_bytes, e->ph[DATA].p_filesz = 0; e->ph[DATA].p_offset = -100)
FLAW(entry_nowhere, e->header.e_entry += 0x20000000)
FLAW(entry_wraps, e->header.e_entry = 0xFFFFFFF0)
FLAW(not_accessible, e->ph[TEXT].p_flags = 0)

#define NO_EXEC (FAILED_EXEC + ENOEXEC)
#define BAD_LIBRARY (FAILED_EXEC + ELIBBAD)

static const struct flaw flaws[] = {
	{ "other machine", other_machine, NO_EXEC, 0 },
	{ "object file", object_file, NO_EXEC, A_SIGNAL },
	{ "core file", core_file, NO_EXEC, A_SIGNAL },
	{ "small entries", small_entries, NO_EXEC, 0 },
	{ "large entries", large_entries, NO_EXEC, 0 },
	{ "no headers", no_headers, NO_EXEC, 0 },
	{ "many headers", many_headers, NO_EXEC, 0 },
	{ "headers outside", headers_outside, NO_EXEC, 0 },
	{ "headers cut", headers_cut, NO_EXEC, 0 },
	{ "headers wrap", headers_wrap, NO_EXEC, 0 },
	/* Linux does not look there */
	{ "other class", other_class, NO_EXEC, ANYTHING },
	{ "big endian", big_endian, NO_EXEC, ANYTHING },
	{ "no segments", no_segments, NO_EXEC, A_SIGNAL },
	{ "more bytes than memory", more_bytes_than_memory, NO_EXEC, A_SIGNAL },
	{ "data wraps", data_wraps, NO_EXEC, A_SIGNAL },
	{ "memory wraps", memory_wraps, NO_EXEC, A_SIGNAL },
	{ "memory to the top", memory_to_the_top, NO_EXEC, A_SIGNAL },
	{ "far away", far_away, NO_EXEC, ANYTHING },
	{ "offset wraps", offset_wraps, NO_EXEC, ANYTHING },
	{ "skewed", skewed, NO_EXEC, A_SIGNAL },
	{ "odd alignment", odd_alignment, DONE, 0 },
	/* there it faults when it is touched */
	{ "beyond the end", beyond_the_end, NO_EXEC, ANYTHING },
	/* there the later segment hides the earlier */
	{ "overlap", overlap, NO_EXEC, A_SIGNAL },
	{ "no bytes", no_bytes, DONE, 0 },
	{ "entry nowhere", entry_nowhere, KILLED + SIGSEGV, 0 },
	{ "entry wraps", entry_wraps, KILLED + SIGSEGV, 0 },
	{ "not accessible", not_accessible, KILLED + SIGSEGV, 0 },
	{ 0 },
};

/* Returns 1 if that came of a flaw which should. */
static int as_expected(const struct flaw *flaw, int want, int got)
{
	int same = got == want;

	if (!on_cowix() && flaw->on_linux == ANYTHING)
		same = 1;
	if (!on_cowix() && flaw->on_linux == A_SIGNAL)
		same = got == want || got > KILLED;
	if (!same)
		printf("%s: %d instead of %d\n", flaw->name, got, want);
	return same;
}

static void spoilt_programs(void)
{
	for (const struct flaw *f = flaws; f->name; f++) {
		for (int type = ET_EXEC; type <= ET_DYN; type++) {
			make_image(&image, type);
			f->spoil(&image);
			CHECK(as_expected(f, f->error, run_images()));
		}
	}
}

static void spoilt_interpreters(void)
{
	for (const struct flaw *f = flaws; f->name; f++) {
		int want = f->error == NO_EXEC ? BAD_LIBRARY : f->error;

		make_image(&image, ET_DYN);
		name_interpreter(&image, LOADER);
		make_loader(&loader, ET_DYN);
		f->spoil(&loader);
		CHECK(as_expected(f, want, run_images()));
	}
}

/* Checks that what is not there of an interpreter, or no ELF file, is found. */
static void strange_interpreters(void)
{
	static const struct {
		const char *text;
		int size, error;
	} tests[] = {
		{ "", 0, EIO },
		{ "\177ELF", 4, EIO },
		{ "#!/bin/true\n", 51, EIO },
		{ "#!/bin/true\n", 52, ELIBBAD },
		{ "\177ELF", 52, ELIBBAD },
	};
	char bytes[64];

	make_image(&image, ET_DYN);
	name_interpreter(&image, LOADER);
	write_image(MAIN, &image);
	for (int i = 0; i < 5; i++) {
		memset(bytes, 0, sizeof(bytes));
		strcpy(bytes, tests[i].text);
		save_file(LOADER, bytes, tests[i].size);
		CHECK(execute(MAIN) == FAILED_EXEC + tests[i].error);
	}
	CHECK(unlink(MAIN) == 0 && unlink(LOADER) == 0);
}

/* Executes a program whose interpreter has that path. */
static int run_with(const char *path)
{
	make_image(&image, ET_DYN);
	name_interpreter(&image, path);
	write_image(MAIN, &image);
	return execute(MAIN);
}

static void interpreter_paths(void)
{
	make_loader(&loader, ET_DYN);
	write_image(LOADER, &loader);
	CHECK(run_with(LOADER) == DONE);
	CHECK(chdir("/tmp") == 0 && run_with("./test-loader") == DONE);
	CHECK(chdir("/") == 0 && run_with("./test-loader") ==
				     FAILED_EXEC + ENOENT);
	CHECK(run_with("") == NO_EXEC);
	CHECK(run_with("/no/such") == FAILED_EXEC + ENOENT);
	CHECK(run_with(LOADER "/x") == FAILED_EXEC + ENOTDIR);
	CHECK(run_with("/tmp") == FAILED_EXEC + EACCES);
	CHECK(run_with("/dev/null") == FAILED_EXEC + EACCES);
	CHECK(chmod(LOADER, 0644) == 0);
	CHECK(run_with(LOADER) == FAILED_EXEC + EACCES);
	CHECK(unlink(LOADER) == 0);
	CHECK(symlink(LOADER, LOADER) == 0);
	CHECK(run_with(LOADER) == FAILED_EXEC + ELOOP);
	CHECK(unlink(LOADER) == 0 && unlink(MAIN) == 0);
}

/* Executes a program whose PT_INTERP header is changed so. */
static int run_path(unsigned offset, unsigned size)
{
	image.ph[INTERPRETER].p_offset = offset;
	image.ph[INTERPRETER].p_filesz = size;
	write_image(MAIN, &image);
	return execute(MAIN);
}

static void interpreter_headers(void)
{
	const unsigned at = offsetof(struct image, path), size = sizeof(image);

	make_image(&image, ET_DYN);
	name_interpreter(&image, LOADER);
	make_loader(&loader, ET_DYN);
	write_image(LOADER, &loader);
	CHECK(run_path(at, 0) == NO_EXEC);
	CHECK(run_path(at, 1) == NO_EXEC);
	CHECK(run_path(at, sizeof(LOADER) - 1) == NO_EXEC);
	CHECK(run_path(at, sizeof(LOADER) + 1) == DONE);
	CHECK(run_path(at + sizeof(LOADER) - 1, 2) == FAILED_EXEC + EACCES);
	CHECK(run_path(at, PAGE + 1) == NO_EXEC);
	CHECK(run_path(at, 0xFFFFFFFF) == NO_EXEC);
	CHECK(run_path(size - 5, 10) == FAILED_EXEC + EIO);
	CHECK(run_path(size, 10) == FAILED_EXEC + EIO);
	CHECK(unlink(LOADER) == 0 && unlink(MAIN) == 0);
}

/* Checks the longest path, and that one of 4096 characters is too long. */
static void long_interpreter_path(void)
{
	make_image(&image, ET_DYN);
	name_interpreter(&image, LOADER);
	make_loader(&loader, ET_DYN);
	write_image(LOADER, &loader);
	memset(image.data, '/', PAGE);
	strcpy(image.data + PAGE - sizeof(LOADER), LOADER);
	CHECK(run_path(PAGE, PAGE) == DONE);
	image.data[PAGE - 1] = 'x';
	CHECK(run_path(PAGE, PAGE) == NO_EXEC);
	CHECK(unlink(LOADER) == 0 && unlink(MAIN) == 0);
}

/* Checks that an interpreter's own interpreter does not matter, nor a second */
static void many_interpreters(void)
{
	make_image(&image, ET_DYN);
	name_interpreter(&image, LOADER);
	make_loader(&loader, ET_DYN);
	name_interpreter(&loader, "/no/such");
	CHECK(run_images() == DONE);
	image.ph[STACK] = image.ph[INTERPRETER];
	image.ph[STACK].p_filesz = 0;
	CHECK(run_images() == DONE);
	name_interpreter(&image, MAIN);		/* itself */
	CHECK(run_images() == DONE);
}

/* Checks that main, which lies anywhere, is aligned as it wants to be. */
static void aligned_programs(void)
{
	static const unsigned char code[] = {
		0xE8, 0, 0, 0, 0,		/* call to the next */
		0x5B,				/* pop ebx */
		0xC1, 0xEB, 12,			/* shr ebx, 12 */
		0x81, 0xE3, 0x3F, 0, 0, 0,	/* and ebx, 0x3F */
		0xB8, 1, 0, 0, 0,		/* mov eax, 1 */
		0xCD, 0x80,			/* int 0x80 */
	};

	make_loader(&loader, ET_DYN);
	for (int i = 0; i < 2; i++) {
		make_image(&image, ET_DYN);
		image.ph[TEXT].p_align = 64 * PAGE;
		set_code(&image, code, sizeof(code));
		if (i)
			name_interpreter(&image, LOADER);
		/* Linux 6.1 aligns only what has an interpreter */
		CHECK(run_images() == 0 || (!i && !on_cowix()));
	}
	huge_alignment(&image);
	CHECK(run_images() == FAILED_EXEC + ENOMEM || !on_cowix());
	image.ph[DATA].p_vaddr += 0xA0000000;	/* the sum wraps */
	CHECK(run_images() == FAILED_EXEC + ENOMEM || !on_cowix());
}

TESTS({ "good_files", "ET_EXEC and ET_DYN, with an interpreter or not",
	good_files },
      { "spoilt_programs", "headers that lie", spoilt_programs },
      { "spoilt_interpreters", "headers of the interpreter that lie",
	spoilt_interpreters },
      { "strange_interpreters", "scripts and pieces as interpreter",
	strange_interpreters },
      { "interpreter_paths", "where the interpreter is", interpreter_paths },
      { "interpreter_headers", "where its path is", interpreter_headers },
      { "long_interpreter_path", "and how long", long_interpreter_path },
      { "many_interpreters", "only one counts", many_interpreters },
      { "aligned_programs", "alignment of ET_DYN", aligned_programs })
