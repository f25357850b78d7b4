#ifndef CRYPT_H
#define CRYPT_H
/* $5$ only; NULL with EINVAL for any other */
char *crypt(const char *key, const char *salt);
#endif
