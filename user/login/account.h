/*
 * login, su and passwd. They are one program, because they share most of their
 * code and a floppy is small. main.c chooses by the name.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H
#include <pwd.h>
int login(int argc, char **argv);
int su(int argc, char **argv);
int passwd(int argc, char **argv);

/* account.c */
#define DELAY 3				/* seconds after a wrong password */
int check_password(const struct passwd *user);
/* sets groups, then user; -1 with errno */
int become(const struct passwd *user);
void user_environment(const struct passwd *user, int new_session);

/* replace.c */
int replace_password(const char *name, const char *hash);
#endif
