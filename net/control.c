/*
 * Control messages: open files (SCM_RIGHTS) and who the sender is
 * (SCM_CREDENTIALS), as sendmsg() gives them and recvmsg() gets them. What does
 * not fit into the receiver's memory is closed, and MSG_CTRUNC says so.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include "net/net.h"

#define CONTROL_MAX	20480u		/* Linux's optmem_max */

/* Returns true if current's user has too many files in flight. */
static bool too_many_in_flight(const struct account *account)
{
	return account->in_flight > current->rlimits[RLIMIT_NOFILE].rlim_cur &&
	       !suser();
}

/*
 * Makes sure that there is a place for n more files. Returns 0, -EINVAL,
 * -ETOOMANYREFS or -ENOMEM.
 */
static int prepare_rights(struct transfer *t, u32 n)
{
	u32 had = t->rights ? t->rights->n : 0;

	if (n > SCM_MAX_FD || had + n > SCM_MAX_FD)
		return -EINVAL;
	if (t->rights)
		return 0;
	collect_sockets();
	if (too_many_in_flight(t->sock->account))
		return -ETOOMANYREFS;
	t->rights = kzalloc(RIGHTS_SIZE);
	return t->rights ? 0 : -ENOMEM;
}

/* Takes references to the files of n descriptors. */
static int get_rights(struct transfer *t, const u32 __user *fds, u32 n)
{
	int error = n ? prepare_rights(t, n) : 0;

	for (u32 i = 0; i < n && !error; i++) {
		struct file *file;
		u32 fd;

		error = get_user_u32(&fd, &fds[i]);
		if (error)
			break;
		file = file_at(current->files, fd);
		if (!file)
			return -EBADF;
		file->count++;
		t->rights->files[t->rights->n++] = file;
	}
	return error;
}

/*
 * Reads who the sender says he is. Only the superuser may lie, and not about a
 * process that does not exist.
 */
static int get_creds(struct transfer *t, const void __user *from, u32 size)
{
	const struct task_struct *task = current;
	struct ucred *c = &t->creds;
	int error;

	if (size != sizeof(*c))
		return -EINVAL;
	error = copy_from_user(c, from, size);
	if (error)
		return error;
	if (suser())
		return find_task(c->pid) ? 0 : -ESRCH;
	if (c->pid != task->tgid ||
	    (c->uid != task->uid && c->uid != task->euid &&
	     c->uid != task->suid) ||
	    (c->gid != task->gid && c->gid != task->egid &&
	     c->gid != task->sgid))
		return -EPERM;
	return 0;
}

static int get_one(struct transfer *t, const struct cmsghdr *header,
		   const u8 __user *data)
{
	u32 size = header->cmsg_len - sizeof(*header);

	if (header->cmsg_level != SOL_SOCKET)
		return 0;
	switch (header->cmsg_type) {
	case SCM_RIGHTS:
		return get_rights(t, (const u32 __user *)data,
				  size / sizeof(u32));
	case SCM_CREDENTIALS:
		return get_creds(t, data, size);
	}
	return -EINVAL;
}

/*
 * Reads all control messages of sendmsg(). On an error the rights read so far
 * are the caller's, too.
 */
int get_control(struct transfer *t, const u8 __user *control, u32 size)
{
	u32 at = 0;
	int error = size > CONTROL_MAX ? -ENOBUFS : 0;

	while (!error && at + sizeof(struct cmsghdr) <= size) {
		struct cmsghdr header;

		error = copy_from_user(&header, control + at, sizeof(header));
		if (error)
			return error;
		if (header.cmsg_len < sizeof(header) ||
		    header.cmsg_len > size - at)
			return -EINVAL;
		error = get_one(t, &header, control + at + sizeof(header));
		at += CMSG_ALIGN(header.cmsg_len);
	}
	return error;
}

/* Where recvmsg() wants its control messages: what is left of it. */
struct control_space {
	u8 __user *at;
	u32 left;
};

/* Writes the header of a message of n bytes, and passes over both. */
static int put_header(struct control_space *space, u32 type, u32 n)
{
	struct cmsghdr header = { CMSG_LEN(n), SOL_SOCKET, type };
	int error = copy_to_user(space->at, &header, sizeof(header));
	u32 size = min_u32(CMSG_SPACE(n), space->left);

	if (error)
		return error;
	space->at += size;
	space->left -= size;
	return 0;
}

/* Tells who has sent. Cut short if there is too little room. */
static void put_creds(struct transfer *t, struct control_space *space)
{
	u8 __user *data = space->at + sizeof(struct cmsghdr);
	u32 n = sizeof(t->creds);

	if (space->left < sizeof(struct cmsghdr)) {
		t->told |= MSG_CTRUNC;
		return;
	}
	if (space->left < CMSG_LEN(n)) {
		t->told |= MSG_CTRUNC;
		n = space->left - sizeof(struct cmsghdr);
	}
	if (copy_to_user(data, &t->creds, n) == 0)
		(void)put_header(space, SCM_CREDENTIALS, n);
}

/* Opens the files that fit, and tells their descriptors. Keeps the others. */
static void put_rights(struct transfer *t, struct control_space *space)
{
	struct rights *rights = t->rights;
	u32 __user *fds = (u32 __user *)(space->at + sizeof(struct cmsghdr));
	u32 most = 0, n = 0;

	if (space->left > sizeof(struct cmsghdr))
		most = (space->left - sizeof(struct cmsghdr)) / sizeof(u32);
	most = min_u32(most, rights->n);
	while (n < most) {
		struct file *file = rights->files[n];

		file->count++;
		if (fd_install_at(file, &fds[n],
				  t->flags & MSG_CMSG_CLOEXEC) < 0) {
			fput(file);
			break;
		}
		n++;
	}
	if (n > 0)
		(void)put_header(space, SCM_RIGHTS, n * sizeof(u32));
	if (n < rights->n)
		t->told |= MSG_CTRUNC;
}

/*
 * Writes the control messages of what was received. Returns how many bytes of
 * the space are used. The caller drops the rights.
 */
u32 put_control(struct transfer *t, u8 __user *control, u32 size)
{
	struct control_space space = { control, control ? size : 0 };

	if (t->from && t->sock->options & PASS_CREDS)
		put_creds(t, &space);
	if (t->rights)
		put_rights(t, &space);
	return space.at - control;
}
