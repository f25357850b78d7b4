/* The superuser's mounts and swap areas, inside the fuzzer's folder. */
#include <fcntl.h>
#include <sys/swap.h>
#include <sys/mount.h>
#include "fuzz.h"

#define SLOTS	10

static const char *some_folder(void)
{
	static const char *const folders[] = { "d0", "d1", "d2", "d0/d1" };

	return folders[roll(ARRAY(folders))];
}

/* Mounts a file system, uses it, and checks that it can be unmounted. */
static void mount_one(void)
{
	static const char *const types[] = { "tmpfs", "tmpfs", "proc" };
	const char *folder = some_folder();

	call(__NR_mkdir, folder, 0777);
	call(__NR_mount, "fuzz", folder, types[roll(3)],
	     chance(70) ? 0 : roll(64), chance(70) ? 0 : input('N'));
	if (chance(50))
		call(__NR_chdir, folder);
	for (int i = roll(10); i > 0; i--)
		grammar_call();
	if (chance(50))
		call(__NR_chdir, PLACE);
	call(__NR_umount2, some_folder(), chance(70) ? 0 : roll(9));
}

static void swap_to_file(void)
{
	static struct swap_header header;
	const char *name = chance(50) ? PLACE "/f0" : PLACE "/f1";
	int fd = call(__NR_open, name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	header.version = SWAP_VERSION;
	header.last_page = SLOTS;
	memcpy(header.magic, SWAP_MAGIC, sizeof(header.magic));
	for (int i = 0; i <= SLOTS; i++)
		call(__NR_write, fd, &header, PAGE);
	if (chance(80))
		call(__NR_close, fd);
	call(__NR_swapon, name, chance(50) ? 0 : word() & 0xFFFF);
	for (int i = 0; i < 4; i++)
		map_things();
	if (chance(60))
		call(__NR_swapoff, name);
}

void mount_things(void)
{
	if (!as_root)
		return;
	if (chance(60))
		mount_one();
	else
		swap_to_file();
}
