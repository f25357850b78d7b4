/* One round: workers run for a while, then everything foreign is killed. */
#include <dirent.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <time.h>
#include "fuzz.h"

#define ROUND_US	1000000		/* a round lasts at most */
/*
 * Until all must have ended. It is long because QEMU's clock leaps while the
 * machine waits for its disk (-icount sleep=off).
 */
#define KILL_US		400000000
#define STEP_US		2000
#define TASKS		256

static struct task_info tasks[TASKS];
static int ours[32], nr_ours;

void sleep_us(long us)
{
	const struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

long now_us(void)
{
	struct timespec now;

	syscall(__NR_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec % 1000 * 1000000 + now.tv_nsec / 1000;
}

/* Called once, when there are only tasks that must live. */
static void learn_ours(void)
{
	int n = ps(tasks, TASKS, 0);

	for (nr_ours = 0; nr_ours < n && nr_ours < 32; nr_ours++)
		ours[nr_ours] = tasks[nr_ours].pid;
}

static int is_ours(int pid)
{
	for (int i = 0; i < nr_ours; i++)
		if (ours[i] == pid)
			return 1;
	return 0;
}

/* Waits for the workers until the round's time is over. */
static void await_workers(int workers)
{
	long end = now_us() + ROUND_US;

	while (workers > 0 && now_us() < end) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			workers--;
		if (workers > 0)
			sleep_us(STEP_US);
	}
}

/* Kills each stranger once. Returns one that is still there, or NULL. */
static const struct task_info *kill_strangers(void)
{
	const struct task_info *left = NULL;
	int n = ps(tasks, TASKS, 0);

	for (int i = 0; i < n; i++)
		if (!is_ours(tasks[i].pid)) {
			left = &tasks[i];
			kill(left->pid, SIGKILL);
		}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return left;
}

static const char *kill_all(void)
{
	static char text[100];
	const struct task_info *left;
	long end = now_us() + KILL_US;

	while ((left = kill_strangers()) && now_us() < end)
		sleep_us(STEP_US);
	if (!left)
		return NULL;
	sprintf(text, "pid %d (%s, parent %d, state %c) cannot be killed",
		left->pid, left->comm, left->ppid, left->state);
	return text;
}

/*
 * Gives back what is swapped to a file or mounted on a folder, and nothing
 * else. A name may be a link to the machine's own swap area or to /proc.
 */
static void give_back(const char *path)
{
	struct stat st;

	while (lstat(path, &st) == 0 &&
	       ((S_ISREG(st.st_mode) && swapoff(path) == 0) ||
		(S_ISDIR(st.st_mode) && umount(path) == 0)))
		;
}

/* Removes what a folder holds. */
static void empty(const char *path, int depth)
{
	struct dirent *entry;
	char name[600];
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		remove_tree(name, depth - 1);
	}
	if (dir)
		closedir(dir);
}

/* Removes a tree, with all that is mounted in it, also one on another. */
void remove_tree(const char *path, int depth)
{
	give_back(path);
	if (unlink(path) == 0 || depth == 0)
		return;
	for (int i = 0; i < 3 && rmdir(path) < 0 && errno != ENOENT; i++) {
		empty(path, depth);
		give_back(path);
	}
}

/* Removes what a worker in another folder may have left there. */
void remove_litter(void)
{
	static const char *const places[] = { "/", "/tmp", "/dev/shm", "/bin",
					      "/tests", "/dev", "/root" };
	const char *name;
	char path[100];

	for (unsigned i = 0; i < ARRAY(places); i++)
		for (unsigned j = 0; (name = work_path(j)); j++) {
			sprintf(path, "%s/%s", places[i], name);
			remove_tree(path, 5);
		}
}

static void make_place(int on_tmpfs)
{
	mkdir(PLACE, 0777);
	if (on_tmpfs)
		mount("tmpfs", PLACE, "tmpfs", 0, NULL);
	chmod(PLACE, 0777);
}

/*
 * Returns what cannot be cleared away, or NULL. The files of sockets that only
 * sockets hold are closed with the next socket.
 */
static const char *clear_place(int on_tmpfs)
{
	close(socket(AF_UNIX, SOCK_STREAM, 0));
	empty(PLACE, 5);
	if (on_tmpfs && umount(PLACE) < 0)
		return "the folder's file system cannot be unmounted";
	if (rmdir(PLACE) < 0)
		return "the folder cannot be removed";
	remove_litter();
	return NULL;
}

const char *run_round(unsigned seed)
{
	const char *wrong;
	int workers, on_tmpfs;

	dice = seed;
	if (!nr_ours)
		learn_ours();
	on_tmpfs = chance(50);
	make_place(on_tmpfs);
	workers = 4 + roll(6);
	for (int i = 0; i < workers; i++) {
		unsigned its_seed = word(), calls = 200 + roll(1000);

		if (fork() == 0)
			become_worker(its_seed, calls);
	}
	await_workers(workers);
	wrong = kill_all();
	return wrong ? wrong : clear_place(on_tmpfs);
}
