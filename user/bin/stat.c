/* stat file...: what the inode says */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <util.h>

int main(int argc, char **argv)
{
	util_init(argv[0]);
	if (argc < 2)
		usage("file...");
	for (int i = 1; i < argc; i++) {
		char mode[12], date[32];
		struct stat st;
		time_t modified;

		if (lstat(argv[i], &st) < 0) {
			warn(argv[i]);
			continue;
		}
		mode_string(st.st_mode, mode);
		modified = st.st_mtime;
		strftime(date, sizeof(date), "%F %T", localtime(&modified));
		printf("%s: inode %lu, device %lx, %s (%04o), links %d, uid %d, gid %d, size %lu, modified %s\n", argv[i], st.st_ino,
		       st.st_dev, mode, st.st_mode & 07777, st.st_nlink, st.st_uid, st.st_gid, st.st_size, date);
	}
	return exit_status;
}
