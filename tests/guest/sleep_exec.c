/*
 * The sweep of planned sleeps (sleep.h) of exec of a dynamic program, while its
 * file or its interpreter's is cut, written, removed or replaced. Either all of
 * the old files run, or exec fails: nothing is found out later by a signal.
 */
#include <sys/stat.h>
#include "elf_image.h"
#include "sleep.h"

#define OTHER "/tmp/sleep-loader"

static int exec_it(void)
{
	char *argv[] = { "main", NULL };
	int pid = fork(), status;

	if (pid == 0) {
		plan_event(order == AT_ONCE ? salt : 0, ANYTHING);
		execve(MAIN, argv, argv + 1);
		_exit(77);
	}
	status = wait_status(pid);
	CHECK(status == DONE << 8 || status == 77 << 8);
	return status == DONE << 8 ? 0 : -1;
}

static int cut_main(void)
{
	return truncate(MAIN, 100);
}

static int cut_loader(void)
{
	return truncate(LOADER, 100);
}

/* Writes what would be found in the middle of the code. */
static int write_loader(void)
{
	static const char trap[4] = { 0xCC, 0xCC, 0xCC, 0xCC };
	int fd = open(LOADER, O_WRONLY);

	if (fd < 0)
		return -1;
	CHECK(pwrite(fd, trap, 4, offsetof(struct image, code)) == 4);
	CHECK(ftruncate(fd, 60) == 0);
	return close(fd);
}

static int remove_loader(void)
{
	return unlink(LOADER);
}

static int replace_loader(void)
{
	return rename(OTHER, LOADER);
}

static const struct act acts[] = {
	{ .name = "exec", .run = exec_it, .only_subject = 1 },
	{ .name = "cut main", .run = cut_main, .only_rival = 1 },
	{ .name = "cut loader", .run = cut_loader, .only_rival = 1 },
	{ .name = "write loader", .run = write_loader, .only_rival = 1 },
	{ .name = "remove loader", .run = remove_loader, .only_rival = 1 },
	{ .name = "replace loader", .run = replace_loader, .only_rival = 1 },
};

static void make_files(void)
{
	static struct image image;

	make_image(&image, ET_DYN);
	name_interpreter(&image, LOADER);
	write_image(MAIN, &image);
	make_loader(&image, ET_DYN);
	write_image(LOADER, &image);
	write_image(OTHER, &image);
}

static void describe_files(char *to)
{
	static const char *const names[] = { MAIN, LOADER, OTHER };

	for (int i = 0; i < 3; i++) {
		struct stat st = { .st_size = -1 };

		stat(names[i], &st);
		to += sprintf(to, "%d bytes; ", (int)st.st_size);
	}
}

static void remove_files(void)
{
	unlink(MAIN);
	unlink(LOADER);
	unlink(OTHER);
}

static void dynamic(void)
{
	static const struct scene scene = SCENE("dynamic", acts,
		.prepare = make_files, .describe = describe_files,
		.judge = remove_files);

	sweep_scene(&scene);
}

TESTS({ "dynamic", "a dynamic program whose files change", dynamic })
