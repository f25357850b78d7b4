/*
 * Names of sockets: given by bind(), found by connect() and send(). A name is a
 * path, and then a node (S_IFSOCK) of the file system is its place: the socket
 * is found by the node's inode. Or it is abstract, known to sockets of one type
 * only, and gone with its socket.
 */
#include <cowix/kernel.h>
#include <cowix/hash.h>
#include <cowix/net.h>
#include <cowix/sched.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>
#include <abi/fcntl.h>
#include "net/net.h"

#define AUTO_NAMES	0x100000u	/* as five digits */
#define FRAMES_A_BUCKET	64u

static struct hash_table name_table;

/* Called once by start_kernel. */
void names_init(void)
{
	hash_init(&name_table, nr_frames / FRAMES_A_BUCKET, boot_alloc);
}

static struct list *node_bucket(const struct inode *node)
{
	return hash_bucket(&name_table, (u32)node, 0);
}

static struct list *text_bucket(u32 type, const char *text, u32 length)
{
	return hash_bucket(&name_table, hash_name(type, text, length), 0);
}

static struct socket *find_abstract(u32 type, const char *text, u32 length)
{
	list_for_each(at, text_bucket(type, text, length)) {
		struct socket *sock = list_entry(at, struct socket, name_link);

		if (!sock->node && sock->type == type &&
		    sock->name->length == length &&
		    memcmp(sock->name->text, text, length) == 0)
			return sock;
	}
	return NULL;
}

static struct socket *find_by_node(const struct inode *node)
{
	list_for_each(at, node_bucket(node)) {
		struct socket *sock = list_entry(at, struct socket, name_link);

		if (sock->node == node)
			return sock;
	}
	return NULL;
}

/* Finds the socket of a path, to which current must be allowed to write. */
static int find_path(const char *path, u32 type, struct socket **found)
{
	struct inode *inode;
	int error = path_lookup(AT_FDCWD, path, FOLLOW, &inode);

	if (error)
		return error;
	error = permission(inode, W_OK);
	*found = error ? NULL : find_by_node(inode);
	if (!error && !*found)
		error = -ECONNREFUSED;
	if (!error && (*found)->type != type)
		error = -EPROTOTYPE;
	if (!error)
		socket_get(*found);
	iput(inode);
	return error;
}

/*
 * Finds the socket that has an address, for one of the same type. The caller
 * gets a reference. Returns 0, -ECONNREFUSED if there is none, -EPROTOTYPE, or
 * an error of the path.
 */
int find_socket(const struct address *address, u32 type, struct socket **found)
{
	const char *text = address->un.sun_path;

	if (text[0])
		return find_path(text, type, found);
	*found = find_abstract(type, text, address->length - FAMILY_SIZE);
	if (!*found)
		return -ECONNREFUSED;
	socket_get(*found);
	return 0;
}

/* Makes the node of a name. Its mode is the socket's own, and the umask's. */
static int bind_path(struct socket *sock, const char *path)
{
	u32 mode = sock->file->inode->i_mode & 0777;
	const struct new_node node = {
		.mode = S_IFSOCK | (mode & ~current->fs->umask),
	};
	struct inode *inode;
	int error = create_node(path, &node, &inode);

	if (error)
		return error == -EEXIST ? -EADDRINUSE : error;
	sock->node = inode;
	list_add(&sock->name_link, node_bucket(sock->node));
	return 0;
}

static int bind_abstract(struct socket *sock, const char *text, u32 length)
{
	if (find_abstract(sock->type, text, length))
		return -EADDRINUSE;
	list_add(&sock->name_link, text_bucket(sock->type, text, length));
	return 0;
}

/* Names a socket that has no name. `binding` keeps others from it. */
static int bind_to(struct socket *sock, const struct address *address)
{
	const char *text = address->un.sun_path;
	u32 length = text[0] ? strlen(text) : address->length - FAMILY_SIZE;
	struct socket_name *name = name_alloc(text, length);
	int error;

	if (!name)
		return -ENOMEM;
	if (text[0])
		error = bind_path(sock, text);
	else
		error = bind_abstract(sock, text, length);
	if (error)
		name_put(name);
	else
		sock->name = name;
	return error;
}

/*
 * Gives a socket that has no name an abstract one that is free. Returns 0,
 * -ENOMEM, or -ENOSPC if all are taken.
 */
int autobind(struct socket *sock)
{
	static u32 next;
	static const char blank[7];		/* and a NUL */
	struct socket_name *name = name_alloc(blank, sizeof(blank));
	int error = -EADDRINUSE;

	if (!name)
		return -ENOMEM;
	name->length = sizeof(blank) - 1;
	if (sock->name || sock->binding)
		error = 0;			/* perhaps since the sleep */
	for (u32 i = 0; i < AUTO_NAMES && error; i++) {
		snprintf(name->text + 1, 6, "%05x", next++ % AUTO_NAMES);
		error = bind_abstract(sock, name->text, name->length);
		if (!error) {
			sock->name = name;
			return 0;
		}
	}
	name_put(name);
	return error ? -ENOSPC : 0;
}

int sys_bind(int fd, const void __user *user_address, int length)
{
	struct address address;
	struct socket *sock;
	int error = get_socket(fd, &sock);

	if (!error)
		error = get_address(&address, user_address, length);
	if (error)
		return error;
	if (length == FAMILY_SIZE && address.un.sun_family == AF_UNIX)
		return autobind(sock);
	error = check_address(&address);
	if (error)
		return error;
	if (sock->name || sock->binding)
		return -EINVAL;
	sock->binding = true;
	error = bind_to(sock, &address);
	sock->binding = false;
	return error;
}
