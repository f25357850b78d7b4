/*
 * login, su and passwd in one program, chosen by the name it was called by. It
 * is set-user-ID root.
 */
#include "account.h"
#include <help.h>
#include <string.h>
#include <util.h>

int main(int argc, char **argv)
{
	util_init(*argv[0] == '-' ? argv[0] + 1 : argv[0]);
	answer_help(argv);
	if (strcmp(program_name, "su") == 0)
		return su(argc, argv);
	if (strcmp(program_name, "passwd") == 0)
		return passwd(argc, argv);
	return login(argc, argv);
}
