#ifndef FNMATCH_H
#define FNMATCH_H
#define FNM_NOMATCH 1
int fnmatch(const char *pattern, const char *s, int flags);
/* see user/lib/charclass.c */
const char *__match_class(const char *p, char c, int *matched);
#endif
