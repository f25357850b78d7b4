/*
 * Swap areas: the first page, as mkswap writes it, and the flags of swapon().
 */
#ifndef ABI_SWAP_H
#define ABI_SWAP_H

#define SWAP_MAGIC	"SWAPSPACE2"
#define SWAP_VERSION	1
#define SWAP_BAD_MAX	637

struct swap_header {
	char boot[1024];			/* left alone */
	unsigned int version, last_page, nr_bad;
	unsigned char uuid[16], label[16];
	unsigned int padding[117];
	unsigned int bad[SWAP_BAD_MAX];
	char hole[2];
	char magic[10];
};

_Static_assert(sizeof(struct swap_header) == 4096, "the header fills its page");

#define SWAP_FLAG_PREFER	0x8000	/* the low bits are the priority */
#define SWAP_FLAG_PRIO_MASK	0x7FFF

#endif
