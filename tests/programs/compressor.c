/*
 * A compressor: matches in a window of 32 KB through hash chains, then Huffman
 * codes. It compresses texts of several kinds into a file, reads them back and
 * compares. It prints the sizes and a checksum.
 */
#include <stdint.h>
#include <stdlib.h>
#include "say.h"

enum {
	WINDOW = 32768,
	SHORTEST = 3,
	LONGEST = 18,
	HASHES = 8192,
	SYMBOLS = 256 + 16,
	TRIES = 30
};

struct stream {
	FILE *file;
	unsigned bits, count;
};

static void put_bits(struct stream *s, unsigned value, unsigned n)
{
	while (n-- > 0) {
		s->bits = s->bits << 1 | (value >> n & 1);
		if (++s->count == 8) {
			putc(s->bits & 0xFF, s->file);
			s->count = 0;
		}
	}
}

static unsigned get_bits(struct stream *s, unsigned n)
{
	unsigned value = 0;

	while (n-- > 0) {
		if (s->count == 0) {
			s->bits = getc(s->file);
			s->count = 8;
		}
		value = value << 1 | (s->bits >> --s->count & 1);
	}
	return value;
}

static uint32_t checksum(const unsigned char *p, size_t n)
{
	uint32_t a = 1, b = 0;

	for (size_t i = 0; i < n; i++) {
		a = (a + p[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

/*
 * Matches: the text becomes a list of symbols, each with a distance if it
 * stands for a match.
 */
struct token {
	uint16_t symbol, distance;
};

static int heads[HASHES], *links;

static unsigned hash(const unsigned char *text)
{
	return (text[0] * 961 + text[1] * 31 + text[2]) % HASHES;
}

/* Returns the longest match before a place, and how far back it is. */
static size_t longest_match(const unsigned char *text, size_t n, size_t at,
			    size_t *where)
{
	size_t best = 0;
	int try = heads[hash(text + at)];

	for (int i = 0; i < TRIES && try >= 0 && at - try < WINDOW; i++) {
		size_t length = 0;

		while (length < LONGEST && at + length < n &&
		       text[try + length] == text[at + length])
			length++;
		if (length > best) {
			best = length;
			*where = at - try;
		}
		try = links[try];
	}
	return best;
}

static void remember(const unsigned char *text, size_t at)
{
	unsigned h = hash(text + at);

	links[at] = heads[h];
	heads[h] = at;
}

static size_t find_matches(const unsigned char *text, size_t n,
			   struct token *out)
{
	size_t count = 0;

	links = malloc(n * sizeof(*links));
	memset(heads, -1, sizeof(heads));
	for (size_t at = 0; at < n;) {
		size_t best = 0, where = 0, step = 1;

		if (at + SHORTEST <= n)
			best = longest_match(text, n, at, &where);
		if (best >= SHORTEST) {
			out[count++] =
				(struct token){ 256 + best - SHORTEST, where };
			step = best;
		} else
			out[count++] = (struct token){ text[at], 0 };
		for (; step > 0; step--, at++)
			if (at + SHORTEST <= n)
				remember(text, at);
	}
	free(links);
	return count;
}

/*
 * Huffman: lengths of codes from frequencies, and canonical codes from lengths.
 */
struct node {
	unsigned long weight;
	int symbol;
	struct node *left, *right;
};

static int by_weight(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a,
			  *y = *(struct node *const *)b;

	return x->weight != y->weight
		       ? (x->weight < y->weight) - (x->weight > y->weight)
		       : y->symbol - x->symbol;
}

static void measure(const struct node *node, unsigned char *lengths, int depth)
{
	if (node->left) {
		measure(node->left, lengths, depth + 1);
		measure(node->right, lengths, depth + 1);
	} else
		lengths[node->symbol] = depth ? depth : 1;
}

static void make_lengths(const unsigned long *weights, unsigned char *lengths)
{
	static struct node nodes[2 * SYMBOLS];
	struct node *heap[SYMBOLS];
	int count = 0, used = 0;

	for (int i = 0; i < SYMBOLS; i++) {
		lengths[i] = 0;
		if (weights[i]) {
			nodes[used] =
				(struct node){ weights[i], i, NULL, NULL };
			heap[count++] = &nodes[used++];
		}
	}
	while (count > 1) {
		qsort(heap, count, sizeof(*heap), by_weight);
		struct node *a = heap[--count], *b = heap[--count];

		nodes[used] = (struct node){ a->weight + b->weight,
					     SYMBOLS + used, a, b };
		heap[count++] = &nodes[used++];
	}
	if (count)
		measure(heap[0], lengths, 0);
}

static void make_codes(const unsigned char *lengths, unsigned *codes)
{
	unsigned code = 0;

	for (int length = 1; length < 32; length++, code <<= 1)
		for (int i = 0; i < SYMBOLS; i++)
			if (lengths[i] == length)
				codes[i] = code++;
}

static void compress(const unsigned char *text, size_t n, const char *name)
{
	struct token *tokens = malloc(n * sizeof(*tokens) + 1);
	size_t count = find_matches(text, n, tokens);
	unsigned long weights[SYMBOLS] = { 0 };
	unsigned char lengths[SYMBOLS];
	unsigned codes[SYMBOLS] = { 0 };
	struct stream s = { fopen(name, "wb"), 0, 0 };

	for (size_t i = 0; i < count; i++)
		weights[tokens[i].symbol]++;
	make_lengths(weights, lengths);
	make_codes(lengths, codes);
	put_bits(&s, count, 32);
	for (int i = 0; i < SYMBOLS; i++)
		put_bits(&s, lengths[i], 5);
	for (size_t i = 0; i < count; i++) {
		put_bits(&s, codes[tokens[i].symbol],
			 lengths[tokens[i].symbol]);
		if (tokens[i].symbol >= 256)
			put_bits(&s, tokens[i].distance, 15);
	}
	put_bits(&s, 0, 7);
	fclose(s.file);
	free(tokens);
}

static size_t expand(const char *name, unsigned char *out)
{
	struct stream s = { fopen(name, "rb"), 0, 0 };
	unsigned count = get_bits(&s, 32), codes[SYMBOLS] = { 0 };
	unsigned char lengths[SYMBOLS];
	size_t n = 0;

	for (int i = 0; i < SYMBOLS; i++)
		lengths[i] = get_bits(&s, 5);
	make_codes(lengths, codes);
	while (count-- > 0) {
		unsigned code = 0;
		int length = 0, symbol = -1;

		while (symbol < 0 && length < 32) {
			code = code << 1 | get_bits(&s, 1);
			length++;
			for (int i = 0; i < SYMBOLS && symbol < 0; i++)
				if (lengths[i] == length && codes[i] == code)
					symbol = i;
		}
		if (symbol < 256)
			out[n++] = symbol;
		else {
			unsigned distance = get_bits(&s, 15);

			for (int i = 0; i < symbol - 256 + SHORTEST; i++, n++)
				out[n] = out[n - distance];
		}
	}
	fclose(s.file);
	return n;
}

static size_t make_text(int kind, unsigned char *p, size_t n)
{
	static const char *const words[] = { "page ",   "frame ", "fork ",
					     "copy ",   "write ", "fault ",
					     "the ",    "of ",    "and ",
					     "process " };
	unsigned seed = kind;
	size_t at = 0;

	while (at + 10 < n) {
		seed = seed * 1103515245 + 12345;
		if (kind == 0)
			p[at++] = 'a';
		else if (kind == 1)
			at += strlen(strcpy((char *)p + at,
					    words[(seed >> 16) % 10]));
		else if (kind == 2)
			p[at++] = seed >> 16;
		else
			at += sprintf((char *)p + at, "%u,", (seed >> 16) % 50);
	}
	return at;
}

int main(void)
{
	static const char *const kinds[] = { "one letter", "words", "noise",
					     "numbers" };
	enum { SIZE = 200000 };
	unsigned char *text = malloc(SIZE), *again = malloc(SIZE + 100);

	for (int kind = 0; kind < 4; kind++) {
		size_t n = make_text(kind, text, SIZE), back;
		FILE *f;

		compress(text, n, "compressed");
		f = fopen("compressed", "rb");
		fseek(f, 0, SEEK_END);
		printf("%s: %zu to %ld bytes", kinds[kind], n, ftell(f));
		fclose(f);
		back = expand("compressed", again);
		printf(", back %zu, checksums %08x %08x, %s\n", back,
		       checksum(text, n), checksum(again, back),
		       back == n && memcmp(text, again, n) == 0 ? "the same"
								: "different");
	}
	remove("compressed");
	return 0;
}
