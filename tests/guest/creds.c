/*
 * Credentials and what they allow: ids, groups, set-id programs, sticky
 * directories.
 */
#include "users.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define DIR "/tmp/test-creds"

static int setres(int real, int effective, int saved)
{
	return syscall(__NR_setresuid32, real, effective, saved);
}

static int setre(int real, int effective)
{
	return syscall(__NR_setreuid32, real, effective);
}

static int ids_are(unsigned real, unsigned effective, unsigned saved)
{
	unsigned r, e, s;

	CHECK(syscall(__NR_getresuid32, &r, &e, &s) == 0);
	return r == real && e == effective && s == saved;
}

static void root_changes_ids(void)
{
	CHECK(setres(1, 2, 3) == 0 && ids_are(1, 2, 3));
	CHECK(setre(2, 1) == 0 && ids_are(2, 1, 1));
	CHECK_ERRNO(setuid(0), EPERM);
}

static void others_change_ids(void)
{
	CHECK(setres(ME, ME, OTHER) == 0);
	/* this call cannot set the real id to the saved one */
	CHECK_ERRNO(setre(OTHER, -1), EPERM);
	CHECK_ERRNO(setre(-1, 0), EPERM);
	CHECK_ERRNO(setres(0, -1, -1), EPERM);
	CHECK(setre(-1, OTHER) == 0 && ids_are(ME, OTHER, OTHER));
	CHECK(setre(-1, ME) == 0 && ids_are(ME, ME, OTHER));
	CHECK(setuid(OTHER) == 0 && ids_are(ME, OTHER, OTHER));
	CHECK(setres(-1, ME, -1) == 0 && setres(OTHER, -1, ME) == 0 &&
	      ids_are(OTHER, ME, ME));
	CHECK(setres(ME, ME, ME) == 0);
	CHECK_ERRNO(setuid(OTHER), EPERM);
	CHECK_ERRNO(syscall(__NR_setresgid32, 5, -1, -1), EPERM);
	CHECK_ERRNO(syscall(__NR_setgroups32, 0, NULL), EPERM);
	CHECK(setre(-1, -1) == 0 && setres(-1, -1, -1) == 0 &&
	      ids_are(ME, ME, ME));
}

static void short_ids(void)
{
	unsigned short r, e, s;

	CHECK(syscall(__NR_setresuid, 7, 0xFFFF, 9) == 0 &&
	      syscall(__NR_getresuid, &r, &e, &s) == 0 && r == 7 && e == 0 &&
	      s == 9);
	CHECK(syscall(__NR_setregid, 11, 12) == 0 && getgid() == 11 &&
	      getegid() == 12);
}

static void ids(void)
{
	as_root(root_changes_ids);
	as_root(others_change_ids);
	as_root(short_ids);
}

static void make(const char *path, int mode, int uid, int gid)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 && close(fd) == 0 &&
	      syscall(__NR_chown32, path, uid, gid) == 0 &&
	      chmod(path, mode) == 0);
}

static void in_groups(void)
{
	unsigned groups[3] = { 100, 200, 300 }, got[5];

	make(DIR "/group", 0640, OTHER, 200);
	make(DIR "/none", 0604, OTHER, 200);
	make(DIR "/owner", 0077, ME, 1);
	CHECK(syscall(__NR_setgroups32, 3, groups) == 0 &&
	      syscall(__NR_getgroups32, 0, NULL) == 3);
	CHECK(syscall(__NR_getgroups32, 5, got) == 3 && got[0] == 100 &&
	      got[2] == 300);
	CHECK_ERRNO(syscall(__NR_getgroups32, 2, got), EINVAL);
	CHECK(setgid(ME) == 0 && setuid(ME) == 0);
	CHECK(close(open(DIR "/group", O_RDONLY)) == 0);
	CHECK_ERRNO(open(DIR "/group", O_WRONLY), EACCES);
	/* the group's bits count, not the others' */
	CHECK_ERRNO(open(DIR "/none", O_RDONLY), EACCES);
	CHECK_ERRNO(open(DIR "/owner", O_RDONLY), EACCES);
	CHECK(chmod(DIR "/owner", 0600) == 0 &&
	      close(open(DIR "/owner", O_RDWR)) == 0);
}

/* Checks that access() uses the real ids. */
static void real_ids(void)
{
	CHECK(setres(ME, 0, 0) == 0);
	CHECK_ERRNO(access(DIR "/group", R_OK), EACCES);
	CHECK(syscall(__NR_faccessat2, AT_FDCWD, DIR "/group", R_OK,
		      AT_EACCESS) == 0 &&
	      close(open(DIR "/group", O_RDONLY)) == 0);
	CHECK(setres(0, ME, 0) == 0 && access(DIR "/group", R_OK) == 0);
	CHECK_ERRNO(open(DIR "/group", O_RDONLY), EACCES);
}

static void owners(void)
{
	struct stat64 st;

	make(DIR "/mine", 06755, ME, ME);
	make(DIR "/group", 0660, OTHER, 200);
	CHECK(syscall(__NR_setgroups32, 1, (unsigned[]){ 200 }) == 0 &&
	      setgid(ME) == 0 && setuid(ME) == 0);
	CHECK_ERRNO(syscall(__NR_chown32, DIR "/mine", OTHER, -1), EPERM);
	CHECK_ERRNO(syscall(__NR_chown32, DIR "/mine", -1, 300), EPERM);
	CHECK_ERRNO(syscall(__NR_chown32, DIR "/group", -1, 200), EPERM);
	CHECK_ERRNO(chmod(DIR "/group", 0666), EPERM);
	CHECK(syscall(__NR_chown32, DIR "/mine", ME, 200) == 0 &&
	      syscall(__NR_stat64, DIR "/mine", &st) == 0);
	/* the set-id bits are gone */
	CHECK(st.st_gid == 200 && (st.st_mode & 07777) == 0755);
	CHECK(chmod(DIR "/mine", 02755) == 0 &&
	      syscall(__NR_stat64, DIR "/mine", &st) == 0 &&
	      (st.st_mode & 07777) == 02755);
	CHECK_ERRNO(syscall(__NR_utimes, DIR "/group", (long[]){ 1, 0, 2, 0 }),
		    EPERM);
	/* a writer may set the present time */
	CHECK(syscall(__NR_utimes, DIR "/group", NULL) == 0);
}

/*
 * Checks that a program loses its set-id bits when another user writes to it.
 */
static void written_programs(void)
{
	struct stat64 st;
	int fd;

	make(DIR "/prog", 06777, OTHER, OTHER);
	fd = open(DIR "/prog", O_WRONLY);
	CHECK(write(fd, "x", 1) == 1 && syscall(__NR_fchmod, fd, 06777) == 0);
	become(ME);
	CHECK(write(fd, "x", 1) == 1 &&
	      syscall(__NR_stat64, DIR "/prog", &st) == 0 &&
	      (st.st_mode & 07777) == 0777);
}

static void sticky(void)
{
	CHECK(mkdir(DIR "/sticky", 0777) == 0 &&
	      chmod(DIR "/sticky", 01777) == 0);
	make(DIR "/sticky/mine", 0666, ME, ME);
	make(DIR "/sticky/his", 0666, OTHER, OTHER);
	become(ME);
	CHECK_ERRNO(unlink(DIR "/sticky/his"), EPERM);
	CHECK_ERRNO(rename(DIR "/sticky/his", DIR "/sticky/x"), EPERM);
	CHECK_ERRNO(rename(DIR "/sticky/mine", DIR "/sticky/his"), EPERM);
	CHECK(rename(DIR "/sticky/mine", DIR "/sticky/x") == 0 &&
	      unlink(DIR "/sticky/x") == 0);
}

/* Checks which files inherit the group of a set-group-id directory. */
static void group_directories(void)
{
	struct stat64 st;

	CHECK(mkdir(DIR "/shared", 0777) == 0 &&
	      syscall(__NR_chown32, DIR "/shared", 0, 200) == 0 &&
	      chmod(DIR "/shared", 02777) == 0);
	become(ME);
	CHECK(close(open(DIR "/shared/a", O_WRONLY | O_CREAT, 0644)) == 0 &&
	      syscall(__NR_stat64, DIR "/shared/a", &st) == 0 &&
	      st.st_gid == 200);
	CHECK(mkdir(DIR "/shared/d", 0755) == 0 &&
	      syscall(__NR_stat64, DIR "/shared/d", &st) == 0 &&
	      st.st_gid == 200 && st.st_mode & S_ISGID);
	CHECK(close(open(DIR "/shared/b", O_WRONLY | O_CREAT, 02755)) == 0 &&
	      syscall(__NR_stat64, DIR "/shared/b", &st) == 0);
	/* not a program with that group's rights */
	CHECK(st.st_gid == 200 && !(st.st_mode & S_ISGID) &&
	      unlink(DIR "/shared/b") == 0);
	CHECK(mknod(DIR "/shared/b", S_IFREG | 02711, 0) == 0 &&
	      syscall(__NR_stat64, DIR "/shared/b", &st) == 0);
	CHECK(!(st.st_mode & S_ISGID) && unlink(DIR "/shared/b") == 0 &&
	      syscall(__NR_stat64, DIR "/shared/d", &st) == 0);
	CHECK(st.st_uid == ME && rmdir(DIR "/shared/d") == 0 &&
	      unlink(DIR "/shared/a") == 0);
}

static void directories_of_others(void)
{
	CHECK(mkdir(DIR "/moved", 0755) == 0 && mkdir(DIR "/open", 0777) == 0 &&
	      chmod(DIR "/open", 0777) == 0);
	CHECK(mkdir(DIR "/closed", 0700) == 0 &&
	      mkdir(DIR "/read", 0744) == 0 && mkdir(DIR "/walk", 0711) == 0);
	make(DIR "/walk/a", 0644, 0, 0);
	make(DIR "/read/a", 0644, 0, 0);
	become(ME);
	CHECK_ERRNO(open(DIR "/closed", O_RDONLY), EACCES);
	CHECK_ERRNO(access(DIR "/closed/x", F_OK), EACCES);
	CHECK(close(open(DIR "/read", O_RDONLY)) == 0);
	CHECK_ERRNO(open(DIR "/read/a", O_RDONLY), EACCES);
	CHECK(close(open(DIR "/walk/a", O_RDONLY)) == 0);
	CHECK_ERRNO(open(DIR "/walk", O_RDONLY), EACCES);
	CHECK_ERRNO(open(DIR "/walk/new", O_WRONLY | O_CREAT, 0644), EACCES);
	CHECK_ERRNO(unlink(DIR "/walk/a"), EACCES);
	CHECK_ERRNO(chdir(DIR "/read"), EACCES);
	CHECK_ERRNO(rename(DIR "/moved", DIR "/open/moved"),
		    EACCES); /* its ".." cannot be written */
	CHECK(rename(DIR "/moved", DIR "/renamed") == 0 &&
	      rename(DIR "/renamed", DIR "/moved") == 0);
	CHECK_ERRNO(mknod(DIR "/dev", S_IFCHR | 0666, 0x0103), EPERM);
}

static void remove_all(void)
{
	static const char *const files[] = {
		"group",      "none",        "owner",  "mine",  "prog",
		"sticky/his", "sticky/mine", "walk/a", "read/a"
	};
	static const char *const dirs[] = { "sticky", "shared", "closed",
					    "read",   "walk",   "moved",
					    "open",   "" };
	char path[60];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		sprintf(path, DIR "/%s", files[i]);
		unlink(path);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		sprintf(path, DIR "/%s", dirs[i]);
		rmdir(path);
	}
	CHECK(access(DIR, F_OK) == -1);
}

static void with_files(void (*work)(void))
{
	if (geteuid() != 0)
		return;
	umask(022);
	mkdir(DIR, 0777);
	CHECK(chmod(DIR, 0777) == 0);
	as_root(work);
}

static void permissions(void)
{
	with_files(in_groups);
	with_files(real_ids);
	with_files(directories_of_others);
	remove_all();
}

static void ownership(void)
{
	with_files(owners);
	with_files(written_programs);
	with_files(group_directories);
	remove_all();
}

static void sticky_directories(void)
{
	with_files(sticky);
	remove_all();
}

/* Checks that a set-user-id copy of cat reads a file of its owner's. */
static void run_set_id(void)
{
	static char buf[4096];
	int in = open("/bin/cat", O_RDONLY),
	    out = open(DIR "/prog", O_WRONLY | O_CREAT, 0755), n, fds[2];

	while ((n = read(in, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, n) == n);
	CHECK(n == 0 && close(out) == 0 &&
	      syscall(__NR_chown32, DIR "/prog", OTHER, OTHER) == 0 &&
	      chmod(DIR "/prog", 04755) == 0);
	make(DIR "/mine", 0600, OTHER, OTHER);
	CHECK(pipe(fds) == 0 &&
	      write(out = open(DIR "/mine", O_WRONLY), "secret", 6) == 6 &&
	      close(out) == 0);
	if (fork() == 0) {
		become(ME);
		CHECK_ERRNO(open(DIR "/mine", O_RDONLY), EACCES);
		dup2(fds[1], 1);
		execve(DIR "/prog", (char *[]){ "cat", DIR "/mine", NULL },
		       environ);
		_exit(99);
	}
	CHECK(wait(&n) > 0 && n == 0);
	CHECK(read(fds[0], buf, sizeof(buf)) == 6 &&
	      memcmp(buf, "secret", 6) == 0);
}

static void set_id_programs(void)
{
	with_files(run_set_id);
	remove_all();
}

TESTS({ "ids", "setreuid, setresuid, setuid", ids },
      { "permissions", "owner, groups, others, access", permissions },
      { "ownership", "chown, set-id bits, group directories", ownership },
      { "sticky_directories", "sticky directories", sticky_directories },
      { "set_id_programs", "a set-user-id program", set_id_programs })
