/*
 * memmap
 * Shows each page frame as a coloured cell with its count, from /proc/frames,
 * every second. Keys: + - frames a cell; arrows, space, b: scroll; o: the
 * letter of its owner (/proc/owners) instead of the count; p P: mark the frames
 * of the next, the previous process; e: its entries; n: no process; q: quit.
 */
#include <abi/audit.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <util.h>

#define PAGE 4096
/* of /proc/frames: an address, a space, 64 frames, a newline */
#define FRAMES_LINE 74
#define FRAMES_A_LINE 64
#define PAGES_LINE 39		/* of /proc/PID/pages */

/*
 * Colours of the background: nothing there, free, the counts from 1 on. The
 * last two are for the chosen process.
 */
enum look { PLAIN, FREE, ONE, TWO, MORE, MARKED, COW };
static const char *const looks[] = { "\033[m",
				     "\033[m\033[1;30m",
				     "\033[m\033[30;42m",
				     "\033[m\033[30;43m",
				     "\033[m\033[37;41m",
				     "\033[m\033[30;46m",
				     "\033[m\033[1;37;45m" };

static struct termios normal;
/* process: 0 for none; entries: 1 if they are shown */
static int rows, columns, process, entries;
/* frames a cell; the first row on the screen, of cells or entries */
static unsigned frames, block, top;
static char *letters;			/* of the owners; NULL: not shown */
static int owners;
/*
 * a character a frame: its count; the process's entry for it, or 0. list: the
 * process's entries
 */
static char *counts, *marks, *list;
static char comm[20];

static char out[16384];
static int used, shown;		/* shown: the terminal's current look */

static void put(const char *s, int n)
{
	if (used + n > (int)sizeof(out)) {
		write_all(1, out, used);
		used = 0;
	}
	memcpy(out + used, s, n);
	used += n;
}

static void put_look(int look)
{
	if (look != shown)
		put(looks[look], strlen(looks[look]));
	shown = look;
}

static void put_line(const char *text)
{
	int n = strlen(text);

	put_look(PLAIN);
	put(text, n < columns ? n : columns - 1);
	put("\033[K\r\n", 5);
}

static void restore(void)
{
	tcsetattr(0, TCSANOW, &normal);
	write_all(1, "\033[m\033[H\033[J", 9);
}

static void interrupted(int sig)
{
	_exit((restore(), 128 + sig));
}

/*
 * Sets the terminal to single keys. After a second without one the screen is
 * drawn again.
 */
static void open_terminal(void)
{
	struct termios raw;

	if (tcgetattr(0, &normal) < 0)
		die("no terminal");
	raw = normal;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 10;
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
	atexit(restore);
	tcsetattr(0, TCSANOW, &raw);
	write_all(1, "\033[m\033[H\033[J", 9);
}

/*
 * Returns a whole file, malloc'ed, with a NUL behind it. Returns NULL if it
 * cannot be read.
 */
static char *read_file(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY), n;
	size_t room = 16384;
	char *text = malloc(room);

	for (*length = 0;
	     fd >= 0 && text &&
	     (n = read(fd, text + *length, room - *length - 1)) > 0;) {
		*length += n;
		if (room - *length < PAGE)
			text = realloc(text, room *= 2);
	}
	if (!text)
		die("memory");
	if (fd >= 0)
		close(fd);
	text[*length] = '\0';
	if (fd < 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* Returns the characters of all frames, malloc'ed. */
static char *read_map(const char *path)
{
	size_t length;
	char *text = read_file(path, &length), *map = malloc(length + 1);

	if (!text || !map)
		die(path);
	frames = 0;
	for (char *line = text; line + FRAMES_LINE <= text + length;
	     line += FRAMES_LINE)
		for (int i = 0; i < FRAMES_A_LINE && line[9 + i] != ' '; i++)
			map[frames++] = line[9 + i];
	free(text);
	return map;
}

static void read_frames(void)
{
	free(counts);
	free(letters);
	free(marks);
	counts = read_map("/proc/frames");
	letters = owners ? read_map("/proc/owners") : NULL;
	marks = calloc(frames, 1);
	if (!marks)
		die("memory");
}

/* Returns the access of an entry, from its line: c for COW, w or r. */
static char access_of(const char *line)
{
	if (line[34] == 'c')
		return 'c';
	return line[33] == 'w' ? 'w' : 'r';
}

/*
 * Reads the entries of the process, and marks their frames. The process may
 * have ended.
 */
static void read_process(void)
{
	char path[40], *name;
	size_t length;

	free(list);
	list = NULL;
	if (!process)
		return;
	sprintf(path, "/proc/%d/comm", process);
	name = read_file(path, &length);
	sprintf(path, "/proc/%d/pages", process);
	list = name ? read_file(path, &length) : NULL;
	snprintf(comm, sizeof(comm), "%s", name ? name : "");
	comm[strcspn(comm, "\n")] = '\0';
	free(name);
	if (!list) {
		process = entries = 0;
		return;
	}
	for (char *line = list; line + PAGES_LINE <= list + length;
	     line += PAGES_LINE) {
		unsigned frame = strtoul(line + 16, NULL, 16) / PAGE,
			 n = line[37] == 'z' ? 1 : strtoul(line + 9, NULL, 10);

		for (; line[37] != 's' && n > 0 && frame < frames; n--, frame++)
			marks[frame] = access_of(line);
	}
}

/*
 * Returns the process with the next higher or lower number, or 0 if there is
 * none.
 */
static int neighbour(int step)
{
	DIR *dir = opendir("/proc");
	int best = 0;

	for (struct dirent *d; dir && (d = readdir(dir));) {
		int pid = strtoul(d->d_name, NULL, 10);

		if (pid && (pid - process) * step > 0 &&
		    (!best || (pid - best) * step < 0))
			best = pid;
	}
	if (dir)
		closedir(dir);
	return best;
}

static unsigned cells_a_row(void)
{
	unsigned n = 8;

	while (n * 2 + 10 <= (unsigned)columns)
		n *= 2;
	return n;
}

/* Returns the smallest number of frames a cell with which all fit. */
static unsigned fitting_block(void)
{
	unsigned n = 1;

	while (frames > n * cells_a_row() * (rows - 3))
		n *= 2;
	return n;
}

/*
 * Returns the look of a cell: by the mark of the process, or by the highest
 * count.
 */
static int look_of(char mark, char highest)
{
	if (mark)
		return mark == 'c' ? COW : MARKED;
	switch (highest) {
	case '.': return FREE;
	case '1': return ONE;
	case '2': return TWO;
	default: return MORE;
	}
}

/* Draws a cell: the highest count of its frames, or the mark of the process. */
static void put_cell(unsigned frame)
{
	char highest = '.', mark = 0, owner = '.';

	if (frame >= frames) {
		put_look(PLAIN);
		put(" ", 1);
		return;
	}
	for (unsigned i = frame; i < frame + block && i < frames; i++) {
		char c = counts[i] == '+' ? '9' + 1 : counts[i];

		if (c > highest)
			highest = c;
		if (letters && owner == '.')
			owner = letters[i];
		if (marks[i] && (!mark || marks[i] == 'c'))
			mark = marks[i];
	}
	put_look(look_of(mark, highest));
	if (letters)
		put(&owner, 1);
	else if (mark)
		put(&mark, 1);
	else
		put(highest == '9' + 1 ? "+" : &highest, 1);
}

static void draw_cells(void)
{
	unsigned width = cells_a_row(), last = (frames - 1) / block / width;
	char text[16];

	if (top > last)
		top = last;
	for (int row = 0; row < rows - 3; row++) {
		unsigned first = (top + row) * width * block;

		put_look(PLAIN);
		put(text,
		    first < frames ? sprintf(text, "%08x ", first * PAGE) : 0);
		for (unsigned i = 0; i < width && first < frames; i++)
			put_cell(first + i * block);
		put_look(PLAIN);
		put("\033[K\r\n", 5);
	}
}

/* Draws the page ranges of the process; those with PAGE_COW are coloured. */
static void draw_entries(void)
{
	unsigned lines = strlen(list) / PAGES_LINE;
	char text[PAGES_LINE];

	if (top >= lines)
		top = lines ? lines - 1 : 0;
	put_line(
		"address   pages    frame  count r w c:PAGE_COW d:dirty "
		"a:accessed z:zero s:swap");
	for (unsigned row = 0; row < (unsigned)rows - 4; row++) {
		if (top + row < lines) {
			memcpy(text, list + (top + row) * PAGES_LINE,
			       PAGES_LINE - 1);
			put_look(text[34] == 'c' ? COW : PLAIN);
			put(text, PAGES_LINE - 1);
		}
		put_look(PLAIN);
		put("\033[K\r\n", 5);
	}
}

/* Prints the meaning of the letters, if they are shown. */
static void put_legend(void)
{
	static const char *const names[] = OWNER_NAMES;
	char text[200] = "";

	for (int i = OWNER_USER; letters && i < NR_OWNERS; i++)
		sprintf(text + strlen(text), names[i][0] == OWNER_LETTERS[i] ?
			"%c%s " : "%c:%s ", OWNER_LETTERS[i],
			names[i] + (names[i][0] == OWNER_LETTERS[i]));
	put_line(text);
}

static void draw(void)
{
	unsigned unused = 0, shared = 0, own = 0, cow = 0;
	struct winsize size = { 0 };
	char text[160];

	ioctl(1, TIOCGWINSZ, &size);
	rows = size.ws_row > 5 ? size.ws_row : 24;
	columns = size.ws_col > 17 ? size.ws_col : 80;
	read_frames();
	read_process();
	if (!block)
		block = fitting_block();
	for (unsigned i = 0; i < frames; i++) {
		unused += counts[i] == '.';
		shared += counts[i] > '1' || counts[i] == '+';
		own += marks[i] != 0;
		cow += marks[i] == 'c';
	}
	put("\033[H", 3);
	sprintf(text, "%u frames, %u free, %u shared, %u a cell", frames,
		unused, shared, block);
	if (process)
		sprintf(text + strlen(text), "; %d %s: %u frames, %u PAGE_COW",
			process, comm, own, cow);
	put_line(text);
	if (entries)
		draw_entries();
	else
		draw_cells();
	put_legend();
	put_look(PLAIN);
	sprintf(text,
		"+ - size  arrows scroll  p P process  e entries  n none  o "
		"owners  q quit");
	put(text,
	    (int)strlen(text) < columns ? (int)strlen(text) : columns - 1);
	put("\033[K", 3);
	write_all(1, out, used);
	used = 0;
}

static void scroll(int step)
{
	top = (int)top + step < 0 ? 0 : top + step;
}

static void look_at(int pid)
{
	process = pid;
	entries = entries && pid;
	top = entries ? 0 : top;
}

/*
 * Returns a key, or 0 after a second without one. Returns q if the terminal is
 * gone. The arrows are ESC [ and a letter.
 */
static int read_key(void)
{
	char c = 0, rest[2] = "";
	int n = read(0, &c, 1);

	if (n != 1)
		return n < 0 ? 'q' : 0;
	if (c != '\033' || read(0, rest, 2) != 2)
		return c;
	if (rest[1] == 'A')
		return 'k';
	return rest[1] == 'B' ? 'j' : 0;
}

static void key(int c)
{
	if (c == '+' || c == '=')
		block = block < 65536 ? block * 2 : block;
	else if (c == '-')
		block = block > 1 ? block / 2 : 1;
	else if (c == 'j' || c == 'k')
		scroll(c == 'j' ? 1 : -1);
	else if (c == ' ' || c == 'b')
		scroll((rows - 4) * (c == ' ' ? 1 : -1));
	else if (c == 'p' || c == 'P')
		look_at(neighbour(c == 'p' ? 1 : -1));
	else if (c == 'n')
		look_at(0);
	else if (c == 'o')
		owners = !owners;
	else if (c == 'e' && process) {
		entries = !entries;
		top = 0;
	}
}

int main(int argc, char **argv)
{
	int c;

	(void)argc;
	util_start(argv);
	open_terminal();
	do {
		draw();
		c = read_key();
		key(c);
	} while (c != 'q' && c != 4);
	return 0;
}
