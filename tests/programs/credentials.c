/*
 * Users and permissions: user and group numbers in all their forms, and their
 * meaning for files and signals. Needs root.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static void show(const char *what)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	printf("%s: %d %d %d, %d %d %d\n", what, r, e, s, gr, ge, gs);
}

/* Runs each test in a process of its own, which begins as root. */
static void run(const char *name, void (*f)(void))
{
	int status;

	printf("-- %s\n", name);
	fflush(stdout);
	if (fork() == 0) {
		f();
		exit(0);
	}
	wait(&status);
	if (status)
		printf("status %x\n", status);
}

static void simple(void)
{
	CALL(setgid(7));
	CALL(setuid(5));
	show("dropped");
	CALL(setuid(0));
	CALL(setgid(0));
	CALL(setuid(5));
	CALL(seteuid(0));
	CALL(setgroups(0, NULL));
}

static void saved(void)
{
	CALL(seteuid(5));
	show("effective 5");
	CALL(seteuid(6));
	CALL(setuid(6));
	CALL(seteuid(0));
	show("back");
	CALL(setreuid(5, 6));
	show("real 5, effective 6");
	CALL(setreuid(6, 5));
	show("exchanged");
	CALL(setreuid(0, -1));
}

static void three(void)
{
	CALL(setresgid(1, 2, 3));
	CALL(setresuid(1, 2, 3));
	show("three");
	CALL(setresuid(-1, 3, -1));
	CALL(setresuid(2, 3, 1));
	CALL(setresuid(0, -1, -1));
	CALL(setresuid(-1, -1, 9));
	show("at the end");
	CALL(setuid(1));
	CALL(setuid(3));
	show("setuid");
}

static void groups(void)
{
	gid_t list[4] = { 10, 20, 30, 40 }, got[4] = { 0 };

	CALL(setgroups(4, list));
	CALL(getgroups(0, NULL));
	CALL(getgroups(4, got));
	printf("%d %d %d %d\n", got[0], got[1], got[2], got[3]);
	CALL(getgroups(2, got));
	CALL(setgroups(1000000, list));
	CALL(open("of-group", O_RDONLY));
	CALL(setresgid(5, 5, 5));
	CALL(setresuid(5, 5, 5));
	int fd;
	CALL((fd = open("of-group", O_RDONLY)) >= 0);
	CALL(open("of-group", O_RDWR));
	CALL(chown("of-group", -1, 20));
}

static void files(void)
{
	CALL(setresgid(5, 5, 5));
	CALL(setgroups(0, NULL));
	CALL(setresuid(5, 5, 5));
	CALL(open("secret", O_RDONLY));
	CALL(open("of-group", O_RDONLY));
	CALL(access("secret", F_OK));
	CALL(access("secret", R_OK));
	CALL(chmod("secret", 0777));
	CALL(chown("secret", 5, 5));
	CALL(unlink("closed/inside"));
	CALL(mkdir("closed/new", 0755));
	CALL(stat("locked-folder/x", &(struct stat){ 0 }));
	CALL(rename("secret", "closed/secret"));
	CALL(mkdir("open/mine", 0755));
	CALL(unlink("open/of-root"));
	CALL(rmdir("open/mine"));
	CALL(chmod("mine", 0600));
	CALL(chown("mine", 6, -1));
	CALL(chown("mine", -1, 5));
	CALL(truncate("secret", 0));
	CALL(mknod("open/device", S_IFCHR | 0666, 0x103));
	CALL(utimensat(AT_FDCWD, "secret", NULL, 0));
	CALL(chroot("."));
	CALL(sethostname("x", 1));
	CALL(nice(-1));
}

static void signals_to_others(void)
{
	CALL(setresuid(5, 5, 5));
	CALL(kill(getppid(), 0));
	CALL(kill(getppid(), SIGTERM));
	CALL(kill(1, 0));
	CALL(kill(getpid(), 0));
}

/* Starts this program under another name, set-user-ID. */
static void set_user_id(void)
{
	CALL(setresgid(5, 5, 5));
	CALL(setresuid(5, 5, 5));
	execl("./set-id", "set-id", "again", NULL);
	printf("%s\n", strerrorname_np(errno));
}

static void copy(const char *from, const char *to)
{
	static char buf[4096];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0755),
	    n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		write(out, buf, n);
	close(in);
	close(out);
}

static void make(const char *name, mode_t mode, uid_t uid, gid_t gid)
{
	close(open(name, O_CREAT | O_WRONLY, 0600));
	chown(name, uid, gid);
	chmod(name, mode);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		show("set-user-ID program");
		CALL(access("secret", R_OK));
		CALL(open("secret", O_RDONLY) >= 0);
		CALL(setuid(5));
		return 0;
	}
	setgroups(0, NULL);
	chmod(".", 0755);
	make("secret", 0600, 0, 0);
	make("of-group", 0640, 0, 20);
	make("mine", 0644, 5, 5);
	mkdir("closed", 0755);
	make("closed/inside", 0666, 0, 0);
	mkdir("locked-folder", 0700);
	mkdir("open", 0777);
	chmod("open", 01777);
	make("open/of-root", 0666, 0, 0);
	copy(argv[0], "set-id");
	chmod("set-id", 06755);
	chown("set-id", 0, 8);
	struct stat st;
	stat("set-id", &st);
	printf("chown takes the bits away: %o\n", st.st_mode);
	chmod("set-id", 06755);
	run("simple", simple);
	run("saved", saved);
	run("three", three);
	run("groups", groups);
	run("files", files);
	run("signals", signals_to_others);
	run("set-user-ID", set_user_id);
	show("still");
	return 0;
}
