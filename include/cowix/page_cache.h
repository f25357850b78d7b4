/* fs/page_cache.c, fs/page_io.c: pages of regular files in memory. */
#ifndef COWIX_PAGE_CACHE_H
#define COWIX_PAGE_CACHE_H

#include <cowix/blkdev.h>
#include <cowix/inode.h>
#include <cowix/list.h>

/* Bits, so that it fits into 96 bytes: there may be 200,000. */
struct cached_page {
	struct list hash_link, inode_link, lru_link;
	struct list dirty_link;	/* in its inode's list, or in none */
	struct inode *inode;
	u32 index;		/* page number in the file */
	u32 frame;		/* the cache has one reference to it */
	u32 users;		/* they work on it now: it is not dropped */
	bool dirty : 1;		/* by set_page_dirty() */
	bool uptodate : 1;
	bool failed : 1;	/* it could not be written; dirty too */
	bool mapped_writable : 1; /* dirty for as long as it is mapped */
	bool busy : 1;		/* in transfer, or its end is not noted yet */
	struct request request;
};

/* How to get a page: as it is; read; perhaps together with its neighbours. */
enum { GET_ONLY, GET_READ, GET_AROUND };

/* fs/page_cache.c */
struct cached_page *find_page(const struct inode *inode, u32 index);
struct cached_page *get_cached_page(struct inode *inode, u32 index, int how,
				    int *error);
void put_cached_page(struct cached_page *page);
void drop_inode_pages(struct inode *inode, u32 from_size);
void drop_hole(struct inode *inode, u32 start, u32 end);
void prepare_growth(struct inode *inode);
int shrink_page_cache(int wanted);
bool writing_frees_pages(void);
bool wait_cached_page(void);
void page_cache_init(void);
extern u32 nr_cached_pages;

/* fs/page_io.c */
void make_page_dirty(struct cached_page *page);
void clear_beyond(struct cached_page *page, u32 size);
int begin_page_read(struct cached_page *page);
int finish_page_io(struct cached_page *page);
int write_inode_pages(struct inode *inode);

static inline void set_page_dirty(struct cached_page *page)
{
	if (!page->dirty)
		make_page_dirty(page);
}

/*
 * Notes that a page is clean, or about to be. It stays in the list of dirty
 * pages: write_inode_pages() must still find it.
 */
static inline void clear_page_dirty(struct cached_page *page)
{
	page->inode->i_nr_dirty -= page->dirty;
	page->dirty = false;
}

#endif
