#ifndef CRYPT_H
#define CRYPT_H
/* knows only $5$; otherwise NULL with EINVAL */
char *crypt(const char *key, const char *salt);
#endif
