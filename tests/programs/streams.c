/*
 * Streams: buffering, positions, temporary files, memory streams, lines,
 * processes.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say.h"

static long size_on_disk(const char *name)
{
	int fd = open(name, O_RDONLY);
	long size = lseek(fd, 0, SEEK_END);

	close(fd);
	return size;
}

/* Prints when a written byte reaches the file. */
static void buffering(void)
{
	static const int modes[] = { _IONBF, _IOLBF, _IOFBF };
	static char buffer[64];

	for (int i = 0; i < 3; i++) {
		FILE *f = fopen("buffered", "w");

		setvbuf(f, i == 2 ? buffer : NULL, modes[i],
			i ? sizeof(buffer) : 0);
		fputs("ab", f);
		printf("mode %d: %ld", i, size_on_disk("buffered"));
		fputs("c\nd", f);
		printf(" %ld", size_on_disk("buffered"));
		for (int j = 0; j < 61; j++)
			putc('x', f);
		printf(" %ld", size_on_disk("buffered"));
		fflush(f);
		printf(" %ld\n", size_on_disk("buffered"));
		fclose(f);
	}
	remove("buffered");
}

static void positions(void)
{
	FILE *f = fopen("positions", "w+");
	fpos_t here;
	char word[10] = "";

	for (int i = 0; i < 1000; i++)
		fprintf(f, "%04d\n", i);
	printf("at %ld\n", ftell(f));
	CALL(fseek(f, 500 * 5, SEEK_SET));
	CALL(fscanf(f, "%9s", word));
	printf("%s at %ld\n", word, ftell(f));
	fgetpos(f, &here);
	CALL(fseek(f, -5, SEEK_END));
	CALL(getc(f));
	ungetc('Z', f);
	CALL(getc(f));
	CALL(fgets(word, 10, f) == word);
	CALL(getc(f));
	CALL(feof(f) != 0);
	fsetpos(f, &here);
	CALL(feof(f) != 0);
	CALL(ftell(f));
	fputs("changed", f);
	CALL(fseek(f, 500 * 5, SEEK_SET));
	for (int i = 0; i < 3 && fgets(word, 10, f); i++)
		fputs(word, stdout);
	CALL(fseek(f, -1, SEEK_SET));
	rewind(f);
	CALL(fread(word, 1, 5, f));
	CALL(fclose(f));
}

static void modes(void)
{
	FILE *f = fopen("positions", "a+");

	fputs("appended\n", f);
	CALL(ftell(f));
	fclose(f);
	f = freopen("positions", "r", fopen("other", "w"));
	CALL(fputc('x', f));
	CALL(ferror(f) != 0);
	clearerr(f);
	CALL(ferror(f) != 0);
	fclose(f);
	CALL(fopen("positions", "wx") != NULL);
	CALL(fopen("missing", "r") != NULL);
	CALL(remove("positions"));
	CALL(remove("other"));
	CALL(remove("other"));
}

static void temporary_files(void)
{
	FILE *f = tmpfile();
	char name[] = "temporary-XXXXXX", folder[] = "folder-XXXXXX";
	int fd = mkstemp(name), sum = 0, c;

	for (int i = 0; i < 20000; i++)
		putc(i & 0xFF, f);
	rewind(f);
	while ((c = getc(f)) != EOF)
		sum += c;
	printf("sum %d\n", sum);
	fclose(f);
	CALL(fd >= 0);
	CALL(write(fd, "x", 1));
	CALL(unlink(name));
	close(fd);
	CALL(mkdtemp(folder) == folder);
	CALL(rmdir(folder));
}

static void memory_streams(void)
{
	char fixed[16], *grown = NULL;
	size_t size = 0;
	FILE *f = fmemopen(fixed, sizeof(fixed), "w");

	fprintf(f, "%s-%d", "memory", 12);
	fclose(f);
	printf("<%s>\n", fixed);
	f = open_memstream(&grown, &size);
	for (int i = 0; i < 5000; i++)
		fprintf(f, "%d,", i);
	fflush(f);
	printf("%zu ", size);
	fclose(f);
	printf("%zu %.12s %s\n", size, grown, grown + size - 10);
	free(grown);
}

static void lines(void)
{
	FILE *f = fopen("lines", "w+");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	fputs("first\n\nthird without end:", f);
	for (int i = 0; i < 3000; i++)
		putc('a' + i % 26, f);
	rewind(f);
	while ((n = getline(&line, &room, f)) >= 0)
		printf("%zd <%.10s>\n", n,
		       n && line[n - 1] == '\n' ? "..." : line);
	rewind(f);
	while ((n = getdelim(&line, &room, 'i', f)) >= 0 && n < 20)
		printf("%zd\n", n);
	free(line);
	fclose(f);
	remove("lines");
}

static void processes(void)
{
	char line[100];
	FILE *f = popen("echo from the shell; exit 3", "r");
	int status;

	while (fgets(line, sizeof(line), f))
		printf("read: %s", line);
	status = pclose(f);
	printf("%d %d\n", WIFEXITED(status), WEXITSTATUS(status));
	fflush(stdout);
	f = popen("while read line; do echo \"got $line\"; done", "w");
	fputs("one\ntwo\n", f);
	CALL(pclose(f));
	fflush(stdout);
	CALL(system("echo system; exit 5") >> 8);
	CALL(system(NULL) != 0);
	printf("unflushed text is written once ");
	if (fork() == 0)
		_exit(0);
	wait(NULL);
	putchar('\n');
}

int main(void)
{
	buffering();
	positions();
	modes();
	temporary_files();
	memory_streams();
	lines();
	processes();
	return 0;
}
