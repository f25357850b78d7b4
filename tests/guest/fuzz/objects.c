/* Pairs of descriptors: pipes, FIFOs, terminals; files of all kinds. */
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <sys/ioctl.h>
#include "fuzz.h"

static char bytes[3 * PAGE];

void make_pipes(void)
{
	int ends[2];

	if (call(__NR_pipe2, ends, chance(80) ? O_NONBLOCK : 0) < 0)
		return;
	add_fd(ends[0]);
	add_fd(ends[1]);
	call(__NR_write, ends[1], bytes, 1 + roll(sizeof(bytes)));
	if (chance(70))
		call(__NR_read, ends[0], bytes, 1 + roll(PAGE));
	if (chance(60)) {
		call(__NR_close, ends[0]);
		call(__NR_close, ends[1]);
	}
}

/* Opens the device file of a terminal's slave. */
static int open_slave(int master)
{
	int number = -1, unlock = 0;
	char name[32];

	call(__NR_ioctl, master, TIOCSPTLCK, &unlock);
	if (call(__NR_ioctl, master, TIOCGPTN, &number) < 0)
		return -1;
	sprintf(name, "/dev/pts/%d", number);
	return call(__NR_open, name, O_RDWR | O_NONBLOCK |
		    (chance(70) ? O_NOCTTY : 0), 0);
}

static void use_terminal(int master, int slave)
{
	static const char typed[] = "abc\r\n\003\032\004\022x\177\027\025\021q";

	if (chance(60))
		call(__NR_ioctl, slave, TCSETS + roll(3), input('y'));
	call(__NR_write, master, typed + roll(8), 1 + roll(8));
	call(__NR_read, slave, bytes, 1 + roll(64));
	call(__NR_write, slave, typed, 1 + roll(sizeof(typed) - 1));
	call(__NR_read, master, bytes, 1 + roll(200));
	if (chance(30))
		call(__NR_ioctl, slave, TIOCSCTTY, 0);
}

void make_terminal(void)
{
	int master = call(__NR_open, "/dev/ptmx", O_RDWR | O_NONBLOCK |
			  O_NOCTTY, 0);
	int slave;

	if (master < 0)
		return;
	slave = open_slave(master);
	add_fd(master);
	if (slave >= 0) {
		add_fd(slave);
		use_terminal(master, slave);
	}
	if (chance(70)) {
		call(__NR_close, master);
		call(__NR_close, slave);
	}
}

static void make_fifo(const char *name)
{
	int reader, writer;

	call(__NR_mknod, name, S_IFIFO | 0666, 0);
	reader = call(__NR_open, name, O_RDONLY | O_NONBLOCK, 0);
	writer = call(__NR_open, name, O_WRONLY | O_NONBLOCK, 0);
	call(__NR_write, writer, bytes, 1 + roll(5000));
	call(__NR_read, reader, bytes, 1 + roll(5000));
	add_fd(reader);
	add_fd(writer);
}

static void make_file(const char *name)
{
	int fd = call(__NR_open, name, O_RDWR | O_CREAT | O_NONBLOCK, 0666);

	if (fd < 0)
		return;
	call(__NR_write, fd, bytes, roll(sizeof(bytes)));
	add_fd(fd);
	if (chance(40))
		add_place(call(__NR_mmap2, chance(50) ? some_place() : 0, PAGE,
			       3, 1 + roll(2), fd, 0));
	if (chance(50))
		call(__NR_close, fd);
}

void make_files(void)
{
	static const char *const devices[] = {
		"/dev/null", "/dev/zero", "/dev/full", "/dev/tty",
		"/dev/urandom", "/dev/tty2", "/dev/tty3",
	};

	switch (roll(4)) {
	case 0:
		make_fifo(chance(50) ? "p0" : "p1");
		break;
	case 1:
		add_fd(call(__NR_open, devices[roll(ARRAY(devices))],
			    O_RDWR | O_NONBLOCK | O_NOCTTY, 0));
		break;
	case 2:
		call(__NR_mkdir, "d0", 0777);
		add_fd(call(__NR_open, chance(50) ? "." : "d0", O_DIRECTORY,
			    0));
		break;
	default:
		make_file(some_work_path());
	}
}
