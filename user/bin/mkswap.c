/*
 * mkswap [-L label] file
 * Makes a swap area of a partition or a file. A file must already have its full
 * length.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>
#include <util.h>

#define PAGE sizeof(struct swap_header)

static void fill_uuid(unsigned char *uuid)
{
	int fd = open("/dev/urandom", O_RDONLY);

	if (fd >= 0 && read(fd, uuid, 16) == 16)
		/* a random UUID, version 4 */
		uuid[6] = (uuid[6] & 0x0F) | 0x40,
		uuid[8] = (uuid[8] & 0x3F) | 0x80;
}

int main(int argc, char **argv)
{
	static struct swap_header header;
	const char *path;
	long long end;
	int fd, option;

	util_start(argv);
	while ((option = getopt(argc, argv, "L:")) != -1) {
		if (option != 'L')
			usage();
		strncpy((char *)header.label, optarg, sizeof(header.label));
	}
	path = argv[optind];
	if (!path || argv[optind + 1])
		usage();
	fd = open(path, O_RDWR);
	end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (end < 0)
		die(path);
	if (end < (long long)(10 * PAGE)) {
		complain(path, "smaller than 40 KB");
		return 1;
	}
	header.version = SWAP_VERSION;
	header.last_page = (unsigned long)end / PAGE - 1;
	memcpy(header.magic, SWAP_MAGIC, sizeof(header.magic));
	fill_uuid(header.uuid);
	lseek(fd, sizeof(header.boot), SEEK_SET);
	if (write_all(fd, &header.version, PAGE - sizeof(header.boot)) < 0 ||
	    fsync(fd) < 0)
		die(path);
	printf("%s: swap area of %lu KB\n", path,
	       header.last_page * (unsigned long)(PAGE / 1024));
	return 0;
}
