/* personality(): what Cowix keeps of it. */
#ifndef ABI_PERSONALITY_H
#define ABI_PERSONALITY_H

#define PERSONALITY_ASK		0xFFFFFFFF	/* changes nothing */
#define ADDR_NO_RANDOMIZE	0x00040000
#define ADDR_LIMIT_3GB		0x08000000

#endif
