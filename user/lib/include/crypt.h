#ifndef CRYPT_H
#define CRYPT_H
char *crypt(const char *key, const char *salt);	/* $5$ only; NULL with EINVAL for any other */
#endif
