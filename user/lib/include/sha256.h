#ifndef SHA256_H
#define SHA256_H
#include <stddef.h>
#define SHA256_SIZE 32
struct sha256 {
	unsigned state[8], length, used;	/* length: bytes so far */
	unsigned char block[64];
};
void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t n);
void sha256_end(struct sha256 *s, unsigned char *hash);
#endif
