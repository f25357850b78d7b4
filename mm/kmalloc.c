/*
 * Kernel objects smaller than a page. Each page frame taken holds objects of
 * one size class behind a small header. A page whose last object is freed goes
 * back to the frame allocator at once. So a count of free frames before and
 * after shows every leak. Both kmalloc and kfree take constant time.
 */
#include <cowix/kernel.h>
#include <cowix/list.h>
#include <cowix/mm.h>
#include <cowix/plan.h>
#include <cowix/sanitize.h>
#include <asm/string.h>
#include "mm_internal.h"

#define SLAB_MAGIC	0x51AB0B1Eu

struct slab {
	struct list link; /* its class has a list of those with free objects */
	/* objects that were freed, linked through their first word */
	void *free;
	u32 magic;
	u16 class, used;
	u16 fresh;	/* offset of the first object never handed out */
	u16 capacity;
	u32 padding[2];
};

_Static_assert(sizeof(struct slab) == 32, "objects start 16-byte aligned");

#define SIZE_MAX_CLASS	2032u

/* Multiples of 16, chosen so that little of the page is left over. */
static const u16 class_size[] = { 16,  32,  48,   64,   96,
				  128, 192, 256,  336,  448,
				  576, 800, 1008, 1344, SIZE_MAX_CLASS };
static struct list partial[ARRAY_SIZE(class_size)];
static LIST_HEAD(full);
/* size in units of 16, rounded up -> class */
static u8 class_of[SIZE_MAX_CLASS / 16 + 1];

u32 kmalloc_pages, kmalloc_objects;

static void recount_list(const struct list *slabs, found_page *found)
{
	list_for_each(node, slabs)
		found(OWNER_KMALLOC, list_entry(node, struct slab, link));
}

/* Calls found for each page of objects. */
static void recount_slabs(found_page *found)
{
	recount_list(&full, found);
	for (u32 i = 0; i < ARRAY_SIZE(partial); i++)
		recount_list(&partial[i], found);
}

void kmalloc_init(void)
{
	u32 class = 0;

	for (u32 i = 0; i < ARRAY_SIZE(class_size); i++)
		list_init(&partial[i]);
	for (u32 units = 0; units < sizeof(class_of); units++) {
		if (units * 16 > class_size[class])
			class++;
		class_of[units] = class;
	}
	register_owner(recount_slabs);
}

/* A new page for a class, put on its list; NULL when there is no frame. */
static struct slab *slab_create(u32 class)
{
	struct slab *slab = kpage_alloc(OWNER_KMALLOC);

	if (!slab)
		return NULL;
	slab->magic = SLAB_MAGIC;
	slab->class = class;
	slab->used = 0;
	slab->free = NULL;
	slab->fresh = sizeof(struct slab);
	slab->capacity = (PAGE_SIZE - sizeof(struct slab)) / class_size[class];
	list_add(&slab->link, &partial[class]);
	poison(slab + 1, PAGE_SIZE - sizeof(*slab), POISON_BESIDE_OBJECT);
	kmalloc_pages++;
	return slab;
}

/* Returns true if some object of the page was never handed out. */
static inline bool has_fresh(const struct slab *slab)
{
	return slab->fresh + class_size[slab->class] <= PAGE_SIZE;
}

static void *slab_take(struct slab *slab)
{
	void *object = slab->free;

	kmalloc_objects++;
	if (object && !(SANITIZED && has_fresh(slab))) {
		slab->free = *(void **)object;
	} else {
		object = (u8 *)slab + slab->fresh;
		slab->fresh += class_size[slab->class];
	}
	if (++slab->used == slab->capacity)
		list_move_tail(&slab->link, &full);
	return object;
}

/*
 * Allocate size bytes, 16-byte aligned, contents undefined. NULL: no memory, or
 * size above 2032. May sleep (reclaim).
 */
void *kmalloc(size_t size)
{
	u32 class;
	struct slab *slab;
	void *object;

	if (unlikely(size > SIZE_MAX_CLASS))
		return NULL;
	if (planned(PLAN_ALLOC))
		return NULL;
	class = class_of[(min_u32(size + REDZONE, SIZE_MAX_CLASS) + 15) / 16];
	if (likely(!list_empty(&partial[class]))) {
		slab = list_entry(partial[class].next, struct slab, link);
	} else {
		slab = slab_create(class);
		if (!slab)
			return NULL;
	}
	object = slab_take(slab);
	poison(object, class_size[class], POISON_BESIDE_OBJECT);
	unpoison(object, size);
	return object;
}

void *kzalloc(size_t size)
{
	void *object = kmalloc(size);

	if (object)
		memset(object, 0, size);
	return object;
}

/*
 * Puts an object behind all that are free in its page. With a sanitizer it
 * stays free, and poisoned, as long as can be.
 */
static void free_object_last(struct slab *slab, void *object)
{
	void **end = &slab->free;

	check_load(object, 1);		/* or it was freed twice */
	while (*end)
		end = *end;
	*end = object;
	*(void **)object = NULL;
	poison(object, class_size[slab->class], POISON_FREE_OBJECT);
}

/* Give an object back. The page it lies in is freed with its last object. */
void kfree(void *object)
{
	struct slab *slab = (struct slab *)PAGE_ROUND_DOWN(object);

	if (!object)
		return;
	if (slab->magic != SLAB_MAGIC || slab->used == 0)
		panic("kfree: %p is no object", object);
	kmalloc_objects--;
	if (slab->used-- == slab->capacity)
		list_move_tail(&slab->link, &partial[slab->class]);
	if (SANITIZED) {
		free_object_last(slab, object);
	} else {
		*(void **)object = slab->free;
		slab->free = object;
	}
	if (slab->used == 0) {
		list_del(&slab->link);
		slab->magic = 0;
		kmalloc_pages--;
		kpage_free(slab);
	}
}
