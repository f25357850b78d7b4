#ifndef DIRENT_H
#define DIRENT_H
#include <abi/dirent.h>
struct dirent {
	unsigned long d_ino;
	char d_name[256];
};
typedef struct DIR DIR;
DIR *opendir(const char *path);
struct dirent *readdir(DIR *dir);
int closedir(DIR *dir);
#endif
