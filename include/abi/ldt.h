/*
 * set_thread_area(): a segment as programs describe it, Linux's struct
 * user_desc.
 */
#ifndef ABI_LDT_H
#define ABI_LDT_H

struct user_desc {
	unsigned int entry_number, base_addr, limit;
	unsigned int seg_32bit : 1, contents : 2, read_exec_only : 1,
		limit_in_pages : 1, seg_not_present : 1, useable : 1;
};

#endif
