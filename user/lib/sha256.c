/* SHA-256 (FIPS 180-4), for texts of less than 512 MB. */
#include <sha256.h>
#include <string.h>

static const unsigned round_constants[64] = {
	0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1,
	0x923F82A4, 0xAB1C5ED5, 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3,
	0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786,
	0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
	0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147,
	0x06CA6351, 0x14292967, 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13,
	0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85, 0xA2BFE8A1, 0xA81A664B,
	0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
	0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A,
	0x5B9CCA4F, 0x682E6FF3, 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208,
	0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

void sha256_init(struct sha256 *s)
{
	static const unsigned start[8] = { 0x6A09E667, 0xBB67AE85, 0x3C6EF372,
					   0xA54FF53A, 0x510E527F, 0x9B05688C,
					   0x1F83D9AB, 0x5BE0CD19 };

	memcpy(s->state, start, sizeof(start));
	s->length = s->used = 0;
}

static unsigned rotate(unsigned x, int n)
{
	return x >> n | x << (32 - n);
}

/*
 * Computes the 64 words of a block: its 16 big-endian words and 48 derived
 * ones.
 */
static void schedule(const unsigned char *block, unsigned *w)
{
	for (int i = 0; i < 16; i++, block += 4)
		w[i] = (unsigned)block[0] << 24 | block[1] << 16 |
		       block[2] << 8 | block[3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] +
		       (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		       w[i - 7] +
		       (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^
			w[i - 2] >> 10);
}

static void mix_block(struct sha256 *s)
{
	unsigned w[64], v[8];

	schedule(s->block, w);
	memcpy(v, s->state, sizeof(v));
	for (int i = 0; i < 64; i++) {
		unsigned a = v[0], b = v[1], c = v[2], e = v[4], t;

		t = v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
		    ((e & v[5]) ^ (~e & v[6])) + round_constants[i] + w[i];
		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t;
		v[0] = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
		       ((a & b) ^ (a & c) ^ (b & c));
	}
	for (int i = 0; i < 8; i++)
		s->state[i] += v[i];
}

void sha256_add(struct sha256 *s, const void *data, size_t n)
{
	const unsigned char *p = data;

	s->length += n;
	while (n > 0) {
		size_t part = sizeof(s->block) - s->used < n
				      ? sizeof(s->block) - s->used
				      : n;

		memcpy(s->block + s->used, p, part);
		s->used += part;
		p += part;
		n -= part;
		if (s->used == sizeof(s->block)) {
			mix_block(s);
			s->used = 0;
		}
	}
}

void sha256_end(struct sha256 *s, unsigned char *hash)
{
	static const unsigned char padding[64] = { 0x80 };
	unsigned bits = s->length * 8;
	unsigned char length[8] = { 0,          0,
				    0,          s->length >> 29,
				    bits >> 24, bits >> 16,
				    bits >> 8,  bits };

	sha256_add(s, padding, (119 - s->used) % 64 + 1);
	sha256_add(s, length, sizeof(length));
	for (int i = 0; i < SHA256_SIZE; i++)
		hash[i] = s->state[i / 4] >> (24 - i % 4 * 8);
}
