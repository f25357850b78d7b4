/*
 * POSIX shared memory in /dev/shm: a name, a size, several processes. Each sees
 * what the others store.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

#define NAME	"/cowix-shm-test"
#define PAGE	4096
#define ROUNDS	200

struct board {
	sem_t ping, pong;
	int count;
	char text[2 * PAGE];
};

static struct board *map_board(int fd, int protection)
{
	struct board *board =
		mmap(NULL, sizeof(struct board), protection, MAP_SHARED, fd, 0);

	if (board == MAP_FAILED)
		say("mmap", -1);
	return board == MAP_FAILED ? NULL : board;
}

static void names(void)
{
	struct stat st;
	int fd, again;

	shm_unlink(NAME);
	say("missing", shm_open(NAME, O_RDWR, 0));
	fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	say("made", fd >= 0 ? 0 : -1);
	say("twice", shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600));
	CALL(ftruncate(fd, sizeof(struct board)));
	again = shm_open(NAME, O_RDONLY, 0);
	CALL(fstat(again, &st));
	printf("size %ld, mode %o, close on exec %d\n", (long)st.st_size,
	       st.st_mode, fcntl(again, F_GETFD));
	say("write through a reader", mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					   MAP_SHARED, again, 0) == MAP_FAILED
					      ? -1
					      : 0);
	close(again);
	close(fd);
}

/* Runs as another process, which opens it by its name. */
static int answer(void)
{
	int fd = shm_open(NAME, O_RDWR, 0);
	struct board *board = map_board(fd, PROT_READ | PROT_WRITE);

	close(fd);
	for (int i = 0; board && i < ROUNDS; i++) {
		sem_wait(&board->ping);
		board->count += 3;
		snprintf(board->text + PAGE, PAGE, "round %d", i);
		sem_post(&board->pong);
	}
	return 7;
}

static void processes(void)
{
	int fd = shm_open(NAME, O_RDWR, 0), status, pid;
	struct board *board = map_board(fd, PROT_READ | PROT_WRITE);

	if (!board)
		return;
	sem_init(&board->ping, 1, 0);
	sem_init(&board->pong, 1, 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(answer());
	for (int i = 0; i < ROUNDS; i++) {
		board->count *= 2;
		board->count %= 1000;
		sem_post(&board->ping);
		sem_wait(&board->pong);
	}
	waitpid(pid, &status, 0);
	printf("count %d, %s, status %x\n", board->count, board->text + PAGE,
	       status);
	munmap(board, sizeof(*board));
	close(fd);
}

/* Checks that the memory stays after unlink, as long as a process has it. */
static void unlinked(void)
{
	int fd = shm_open(NAME, O_RDWR, 0);
	struct board *board = map_board(fd, PROT_READ);

	if (!board)
		return;
	CALL(shm_unlink(NAME));
	CALL(shm_unlink(NAME));
	printf("still: %d\n", board->count);
	munmap(board, sizeof(*board));
	CALL(close(fd));
}

static void named_semaphore(void)
{
	sem_t *sem;
	int value, pid, status;

	sem_unlink(NAME);
	sem = sem_open(NAME, O_CREAT | O_EXCL, 0600, 1);
	if (sem == SEM_FAILED) {
		say("sem_open", -1);
		return;
	}
	CALL(sem_wait(sem));
	CALL(sem_trywait(sem));
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		sem_t *other = sem_open(NAME, 0);

		_exit(other == SEM_FAILED ? 1 : sem_post(other));
	}
	CALL(sem_wait(sem));
	waitpid(pid, &status, 0);
	CALL(sem_getvalue(sem, &value));
	printf("value %d, status %d\n", value, status);
	CALL(sem_close(sem));
	CALL(sem_unlink(NAME));
	CALL(sem_unlink(NAME));
}

int main(void)
{
	names();
	processes();
	unlinked();
	named_semaphore();
	return 0;
}
