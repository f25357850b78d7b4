/*
 * epoll: waiting for many files without naming them each time. An epoll is an
 * open file with a tree of interests: each is a descriptor's open file, and the
 * events that are wanted of it. A watcher in the file's wait queues puts the
 * interest into the list of those that are ready. So a wait looks at these
 * only, and files on which nothing happens cost nothing.
 * epoll_wait.c reports them.
 *
 * An interest holds no reference. When the last descriptor of an open file is
 * closed, the interests in it go as well.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/hash.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include <asm/system.h>
#include "fs/epoll.h"

#define ALWAYS_WANTED	(EPOLLERR | EPOLLHUP)
#define EXCLUSIVE_MAY	(EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM | \
			 ALWAYS_WANTED | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)
#define CHAIN_MAX	5	/* epolls that watch one another */
#define LOOP		100	/* the length of a chain without an end */
#define USER_PART	25	/* of all memory, for a user's interests */
#define FRAMES_A_BUCKET	64u

/* Given to a poll operation: enters the watchers of an interest. */
struct watch_table {
	struct poll_table table;
	struct interest *interest;
};

/* A place in a tree where there is no node yet. */
struct place {
	struct tree_node *parent;
	int side;
};

static struct hash_table interest_table;	/* of all epolls, by file */
static LIST_HEAD(epolls);
static u32 nr_interests, spreading, wave, searches;

void epoll_init(void)
{
	hash_init(&interest_table, nr_frames / FRAMES_A_BUCKET, boot_alloc);
}

static struct list *bucket_of(const struct file *file)
{
	return hash_bucket(&interest_table, (u32)file / sizeof(*file), 0);
}

static struct interest *hashed(struct list *node)
{
	return list_entry(node, struct interest, hash_link);
}

static struct interest *interest_of(struct tree_node *node)
{
	return tree_entry(node, struct interest, node);
}

/* Returns the epoll that a file is, or NULL. */
static struct epoll *epoll_of(const struct file *file)
{
	return file->fop == &epoll_fops ? file->private : NULL;
}

/*
 * Puts an interest into the ready list and wakes those who wait for it. They
 * may be other epolls, and what these wake. Each is visited once: the ways from
 * one to another can be many more than the epolls.
 */
static void make_ready(struct interest *in)
{
	struct epoll *ep = in->epoll;
	u32 flags = irq_save();

	if (spreading++ == 0)
		wave++;
	ep->changes++;
	if (list_empty(&in->ready))
		list_add_tail(&in->ready, &ep->ready);
	if (ep->wave != wave) {
		ep->wave = wave;
		wake_up_poll(&ep->wait, POLLIN | POLLRDNORM);
	}
	spreading--;
	irq_restore(flags);
}

/* Called when a queue of a file is woken, perhaps by an interrupt. */
static void file_changed(struct watcher *watcher, u32 events)
{
	struct interest *in = watcher->owner;

	if (events & in->events & ~HOW_BITS)
		make_ready(in);
}

/* Called by poll_wait() when a file is added. */
static void enter_watcher(struct wait_queue *q, struct poll_table *table)
{
	struct interest *in =
		container_of(table, struct watch_table, table)->interest;

	if (in->queues == QUEUES_MAX)
		panic("epoll: a file has more than %u queues", QUEUES_MAX);
	watch_queue(&in->watchers[in->queues++], q, file_changed, in);
}

/*
 * Returns the interest of an epoll in an open file by a descriptor. If there is
 * none it is NULL, and the place is where a new one belongs.
 */
static struct interest *find_interest(const struct epoll *ep,
				      const struct file *file, int fd,
				      struct place *place)
{
	struct tree_node *node = ep->interests.root;

	*place = (struct place){ NULL, TREE_LEFT };
	while (node) {
		struct interest *in = interest_of(node);
		bool before;

		if (in->file == file && in->fd == fd)
			return in;
		before = in->file < file || (in->file == file && in->fd < fd);
		place->parent = node;
		place->side = before ? TREE_RIGHT : TREE_LEFT;
		node = node->child[place->side];
	}
	return NULL;
}

static void free_interest(struct interest *in)
{
	u32 flags = irq_save();

	for (u32 i = 0; i < in->queues; i++)
		unwatch_queue(&in->watchers[i]);
	list_del(&in->ready);
	irq_restore(flags);
	list_del(&in->hash_link);
	tree_remove(&in->epoll->interests, &in->node);
	in->epoll->changes++;
	in->epoll->count--;
	nr_interests--;
	kfree(in);
}

/* Called when an open file is closed that an epoll has watched. */
void epoll_forget(struct file *file)
{
	list_for_each_safe(node, bucket_of(file))
		if (hashed(node)->file == file)
			free_interest(hashed(node));
}

/*
 * Returns how many epolls are in the longest chain that begins with ep, each
 * watching the next. LOOP or more: one of them is top.
 */
static u32 chain_below(struct epoll *ep, const struct epoll *top)
{
	u32 longest = 0;

	if (ep == top)
		return LOOP;
	if (ep->search == searches)
		return ep->chain;
	for (struct tree_node *node = tree_first(&ep->interests); node;
	     node = tree_next(node)) {
		struct epoll *other = epoll_of(interest_of(node)->file);

		if (other)
			longest = max_u32(longest, chain_below(other, top));
	}
	ep->search = searches;
	ep->chain = longest + 1;
	return ep->chain;
}

/* As chain_below(), for the chains that end with ep. */
static u32 chain_above(struct epoll *ep)
{
	u32 longest = 0;

	if (ep->search == searches)
		return ep->chain;
	list_for_each(node, bucket_of(ep->file))
		if (hashed(node)->file == ep->file)
			longest = max_u32(longest,
					  chain_above(hashed(node)->epoll));
	ep->search = searches;
	ep->chain = longest + 1;
	return ep->chain;
}

/*
 * Checks whether ep may watch another epoll. Returns -ELOOP if that watches ep,
 * perhaps through others, or if the chain would be too long.
 */
static int check_chains(struct epoll *ep, struct epoll *other)
{
	u32 length;

	searches++;
	length = chain_below(other, ep);
	searches++;
	return length + chain_above(ep) > CHAIN_MAX ? -ELOOP : 0;
}

/*
 * Returns true if a user has as many interests as he may. They need not be
 * counted while all users together have fewer.
 */
static bool too_many(u32 uid)
{
	u32 most = nr_frames / USER_PART *
		   (PAGE_SIZE / sizeof(struct interest));
	u32 count = 0;

	if (nr_interests < most)
		return false;
	list_for_each(node, &epolls) {
		const struct epoll *ep = list_entry(node, struct epoll, link);

		if (ep->uid == uid)
			count += ep->count;
	}
	return count >= most;
}

/* Sets what is wanted of an interest. It is ready if that is there already. */
static void set_events(struct interest *in, const struct epoll_event *event,
		       struct poll_table *table)
{
	in->epoll->changes++;
	in->events = event->events | ALWAYS_WANTED;
	in->data = event->data;
	if (events_now(in, table))
		make_ready(in);
}

/* Adds *in, which it takes over: *in is NULL then. */
static int add_interest(struct epoll *ep, struct file *file, int fd,
			const struct epoll_event *event, struct interest **new)
{
	struct watch_table watch = { { enter_watcher }, *new };
	struct interest *in = *new;
	struct place place;
	int error = epoll_of(file) ? check_chains(ep, epoll_of(file)) : 0;

	if (error)
		return error;
	if (find_interest(ep, file, fd, &place))
		return -EEXIST;
	if (too_many(ep->uid))
		return -ENOSPC;
	*new = NULL;
	in->epoll = ep;
	in->file = file;
	in->fd = fd;
	list_init(&in->ready);
	tree_insert(&ep->interests, &in->node, place.parent, place.side);
	list_add(&in->hash_link, bucket_of(file));
	ep->count++;
	nr_interests++;
	file->watched = true;
	set_events(in, event, &watch.table);
	return 0;
}

/* Returns -EINVAL if the events do not go with EPOLLEXCLUSIVE. */
static int check_exclusive(int op, const struct file *file, u32 events)
{
	if (!(events & EPOLLEXCLUSIVE))
		return 0;
	if (op == EPOLL_CTL_MOD || events & ~EXCLUSIVE_MAY || epoll_of(file))
		return -EINVAL;
	return 0;
}

static int change_interest(struct epoll *ep, int op, struct file *file, int fd,
			   const struct epoll_event *event)
{
	struct place place;
	struct interest *in = find_interest(ep, file, fd, &place);

	if (op != EPOLL_CTL_DEL && op != EPOLL_CTL_MOD)
		return -EINVAL;
	if (!in)
		return -ENOENT;
	if (op == EPOLL_CTL_DEL)
		free_interest(in);
	else if (in->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	else
		set_events(in, event, NULL);
	return 0;
}

/* Does not sleep. So both files stay open. */
static int do_ctl(int epfd, int op, int fd, struct epoll_event *event,
		  struct interest **new)
{
	struct file *ep_file = fget(epfd), *file = fget(fd);
	int error;

	if (!ep_file || !file)
		return -EBADF;
	if (!file->fop->poll)
		return -EPERM;
	if (file == ep_file || !epoll_of(ep_file))
		return -EINVAL;
	event->events &= ~EPOLLWAKEUP;		/* nothing is ever suspended */
	error = check_exclusive(op, file, event->events);
	if (error)
		return error;
	if (op == EPOLL_CTL_ADD)
		return add_interest(epoll_of(ep_file), file, fd, event, new);
	return change_interest(epoll_of(ep_file), op, file, fd, event);
}

int sys_epoll_ctl(int epfd, int op, int fd,
		  const struct epoll_event __user *user_event)
{
	struct epoll_event event = { 0, 0 };
	struct interest *new = NULL;
	int error;

	if (op != EPOLL_CTL_DEL &&
	    copy_from_user(&event, user_event, sizeof(event)) < 0)
		return -EFAULT;
	if (op == EPOLL_CTL_ADD) {
		new = kzalloc(sizeof(*new));
		if (!new)
			return -ENOMEM;
	}
	error = do_ctl(epfd, op, fd, &event, &new);
	kfree(new);
	return error;
}

static void epoll_release(struct inode *inode, struct file *file)
{
	struct epoll *ep = file->private;

	(void)inode;
	while (ep->interests.root)
		free_interest(interest_of(tree_first(&ep->interests)));
	list_del(&ep->link);
	kfree(ep);
}

/* An epoll is readable if it has something to report. */
static u32 epoll_poll(struct file *file, struct poll_table *table)
{
	struct epoll *ep = file->private;
	u32 events;

	poll_wait(&ep->wait, table);
	return first_ready(ep, &events) ? POLLIN | POLLRDNORM : 0;
}

const struct file_ops epoll_fops = {
	.name = "eventpoll",
	.release = epoll_release,
	.poll = epoll_poll,
};

int sys_epoll_create1(int flags)
{
	struct epoll *ep;
	int fd;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = kzalloc(sizeof(*ep));
	if (ep) {
		list_init(&ep->link);
		list_init(&ep->ready);
		wait_queue_init(&ep->wait);
		ep->uid = current->uid;
	}
	fd = anon_fd(&epoll_fops, ep, O_RDWR | flags);
	if (fd >= 0) {
		ep->file = file_at(current->files, fd);
		list_add(&ep->link, &epolls);
	}
	return fd;
}

int sys_epoll_create(int size)
{
	return size > 0 ? sys_epoll_create1(0) : -EINVAL;
}
