/*
 * sed [-nEis] [-e script] [-f file] [script] [file...]
 * Edits lines by a script. Addresses: N $ /re/ \cREc first~step, ranges to N $
 * /re/ +N, and ! behind them. Commands: { } = a b c d D g G h H i l n N p P q Q
 * r s t T w x y : #
 */
#include "sed.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util.h>

struct script script;

static int in_place, separate;

/* Runs the script for all lines of the files. */
static enum result run(void)
{
	enum result r = PRINT;

	while (r < QUIT) {
		if (r != RESTART && !begin_line())
			break;
		r = cycle();
		if ((r == PRINT || r == QUIT) && !script.silent)
			put(out, pattern.s, pattern.length, has_newline);
		if (r != QUIT_SILENTLY)
			flush_queue();
	}
	return r;
}

/*
 * Replaces the old file by the new one, with its mode and owner. Returns -1
 * with errno on failure.
 */
static int take_place(struct output *file, const char *path, const char *name,
		      const struct stat *st)
{
	if (fclose(file->f) < 0)
		return -1;
	chown(path, st->st_uid, st->st_gid);	/* if it may */
	return chmod(path, st->st_mode & 07777) < 0 ? -1 : rename(path, name);
}

/*
 * Edits one file, for -i. Writes a new file beside it, which then takes its
 * name.
 */
static enum result edit(char *name)
{
	char *list[] = { name, NULL }, temporary[16], *path;
	char *folder = strdup(name);
	struct output file = { 0 };
	enum result r;
	struct stat st;

	if (!folder || stat(name, &st) < 0) {
		warn(name);
		return PRINT;
	}
	*(char *)base_name(folder) = '\0';
	snprintf(temporary, sizeof(temporary), "sed%d", getpid());
	path = join_path(folder, temporary);
	file.f = fopen(path, "w");
	if (!file.f)
		die(path);
	out = &file;
	set_input(list);
	r = run();
	close_input();
	if (take_place(&file, path, name, &st) < 0) {
		warn(name);
		unlink(path);
		exit(failure_status);
	}
	free(path);
	free(folder);
	return r;
}

/* Edits each file separately, for -s and -i. Line numbers start anew. */
static void run_separately(char **names)
{
	enum result r = PRINT;

	for (; *names && r < QUIT; names++) {
		char *one[] = { *names, NULL };

		line_number = 0;
		reset_ranges();
		set_input(one);
		r = in_place ? edit(*names) : run();
	}
}

/* Parses the options. Returns the script in source. */
static void set_options(int argc, char **argv, struct text *source)
{
	int option;

	while ((option = getopt(argc, argv, "nErise:f:")) != -1) {
		script.silent |= option == 'n';
		script.extended |= option == 'E' || option == 'r';
		in_place |= option == 'i';
		separate |= option == 's' || option == 'i';
		if (option == 'e' || option == 'f')
			add_source(source, optarg, option == 'f');
		if (option == '?')
			usage();
	}
	if (!source->s && optind == argc)
		usage();
	if (!source->s)
		add_source(source, argv[optind++], 0);
}

int main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	struct text source = { 0 };
	char **files;

	util_start(argv);
	failure_status = 4;		/* for lost output, as GNU */
	standard_output.f = stdout;
	set_options(argc, argv, &source);
	append(&hold, "", 0);
	parse_script(source.s);
	files = argv[optind] ? argv + optind : standard_input;
	set_input(files);
	if (separate)
		run_separately(files);
	else
		run();
	if (close_outputs() < 0)
		return failure_status;
	if (quit_status)
		return quit_status;
	return exit_status ? 2 : 0;
}
