#ifndef FNMATCH_H
#define FNMATCH_H
#define FNM_NOMATCH 1
int fnmatch(const char *pattern, const char *s, int flags);
/*
 * Whether c is in the class of [[:class:]...], where p stands behind its second
 * [; its end, or NULL when it is none.
 */
const char *__match_class(const char *p, char c, int *matched);
#endif
