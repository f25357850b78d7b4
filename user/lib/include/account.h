/* What login and su share (user/lib/account.c). */
#ifndef ACCOUNT_H
#define ACCOUNT_H
#include <pwd.h>
int check_password(const struct passwd *user);
int become(const struct passwd *user);		/* groups, then user; -1 with errno */
void user_environment(const struct passwd *user, int new_session);
#endif
