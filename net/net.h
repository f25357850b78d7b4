/*
 * Sockets: what the files of net/ offer each other.
 *
 * A socket is referenced by its open file (before accept(): by its listener),
 * by the socket that is connected to it, and by the messages it has sent. When
 * its file is closed it is dead: it has no name, no peer and no messages. The
 * structure stays until the last reference is gone.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <cowix/fs.h>
#include <cowix/poll.h>
#include <cowix/time.h>
#include <abi/socket.h>

/* What the sockets of one user take of the kernel. */
struct account {
	struct list link;
	u32 uid, users;
	u32 bytes;		/* of sockets and messages */
	u32 in_flight;		/* open files in messages */
};

/* A name. Sockets that a listener accepts have the listener's. */
struct socket_name {
	u32 users;
	u32 length;		/* of the text, which has no NUL behind it */
	char text[];		/* begins with a NUL if it is abstract */
};

enum socket_state { UNCONNECTED, LISTENING, CONNECTED };

#define SHUT_READ	1u
#define SHUT_WRITE	2u
#define SHUT_BOTH	(SHUT_READ | SHUT_WRITE)

struct socket {
	struct list link;		/* all sockets */
	u32 refs;
	struct file *file;		/* NULL: not accepted yet, or dead */
	u32 type;			/* SOCK_* */
	enum socket_state state;
	u32 shut;			/* SHUT_READ, SHUT_WRITE */
	bool dead;
	bool reading;			/* a reader is, and may sleep */
	bool binding;			/* it is getting its name */
	bool reached;			/* scratch of collect.c */
	u32 options;			/* 1 << SO_*: those that are on */
	u32 priority;			/* SO_PRIORITY */
	int error;			/* SO_ERROR, positive */
	struct socket *peer;
	struct socket_name *name;
	struct inode *node;		/* of a name in a file system */
	struct list name_link;		/* in the table of names */
	/* messages; of a listener: sockets that are to be accepted */
	struct list queue;
	struct list waiting;		/* in a listener's queue */
	u32 queued, backlog;
	u32 sent;			/* bytes of messages it has sent */
	u32 send_max, receive_max;	/* SO_SNDBUF, SO_RCVBUF */
	/* SO_SNDTIMEO, SO_RCVTIMEO, in ns; 0: none */
	u64 send_limit, receive_limit;
	u32 in_flight;			/* its references by messages */
	struct ucred peer_creds;	/* SO_PEERCRED; a listener's own */
	struct account *account;
	struct wait_queue wait;		/* for any change */
	struct wait_queue unlocked;	/* for the end of `reading` */
};

#define PASS_CREDS	(1u << SO_PASSCRED)

/* What a wait queue is told (cowix/poll.h). */
#define CAN_READ	(POLLIN | POLLRDNORM)
#define CAN_WRITE	(POLLOUT | POLLWRNORM | POLLWRBAND)

/* Open files on their way, each referenced. */
struct rights {
	struct list link;		/* when they are dropped */
	u32 n;
	struct file *files[];
};

struct message {
	struct list link;
	struct socket *sender;		/* referenced */
	u32 length, taken;		/* bytes: all, those read of a stream */
	u32 charge;			/* what it takes of the kernel */
	struct ucred creds;
	struct rights *rights;		/* or NULL */
	u8 *pages[];			/* the data, or its pages */
};

/* An address as programs give it: its length counts the family. */
struct address {
	u32 length;
	struct sockaddr_un un;
	char end;			/* for a NUL */
};

#define FAMILY_SIZE	((u32)sizeof(unsigned short))

/* A call that sends or receives. */
struct transfer {
	struct socket *sock;
	struct pieces data;
	u32 length;			/* bytes */
	u32 flags;			/* MSG_* */
	struct deadline end;		/* of waiting */
	struct rights *rights;		/* sent, or received */
	struct ucred creds;
	struct socket *from;		/* the sender: referenced, or NULL */
	u32 told;			/* MSG_* for the receiver */
	struct address to;		/* length 0: none */
};

/* account.c */
struct account *account_get(u32 uid);
void account_put(struct account *account);
bool account_charge(struct account *account, u32 bytes);

/* socket.c */
extern struct list sockets;
extern struct wait_queue room;
struct socket *socket_alloc(u32 type);
struct socket *socket_get(struct socket *sock);
void socket_put(struct socket *sock);
bool is_connecting(const struct socket *sock);
void current_creds(struct ucred *creds);
void effective_creds(struct ucred *creds);
int take_error(struct socket *sock);
struct socket *socket_of(const struct file *file);
int get_socket(int fd, struct socket **sock);
void wait_end(struct deadline *end, const struct socket *sock, u32 flags,
	      u64 limit);
int socket_sleep(struct wait_queue *q, const struct deadline *end);
struct socket_name *name_alloc(const char *text, u32 length);
struct socket_name *name_get(struct socket_name *name);
void name_put(struct socket_name *name);

/* close.c */
void socket_close(struct socket *sock);

/* socket_file.c */
struct file *socket_file(u32 flags);
void attach_socket(struct file *file, struct socket *sock);

/* address.c */
int get_address(struct address *to, const void __user *from, int length);
int check_address(const struct address *address);
int tell_name(const struct socket *sock, void __user *to, int __user *length);

/* bind.c */
int find_socket(const struct address *address, u32 type, struct socket **found);
int autobind(struct socket *sock);

/* message.c */
struct message *message_alloc(struct socket *sender, u32 length, u32 more);
void message_free(struct message *m);
int message_copy(struct message *m, u32 from, u32 n, struct pieces *pieces,
		 bool to_user);
void queue_message(struct socket *to, struct message *m);
void unqueue_message(struct socket *from, struct message *m);
void drop_messages(struct socket *sock);
struct message *first_message(const struct socket *sock);
found_pages recount_sockets;

/* rights.c */
extern u32 files_in_flight;
void depart_rights(struct rights *rights, struct account *account);
void arrive_rights(struct rights *rights, struct account *account);
void drop_rights(struct rights *rights);
struct rights *copy_rights(const struct rights *rights);

/* control.c */
#define RIGHTS_SIZE \
	(sizeof(struct rights) + SCM_MAX_FD * sizeof(struct file *))
int get_control(struct transfer *t, const u8 __user *control, u32 size);
u32 put_control(struct transfer *t, u8 __user *control, u32 size);

/* msg.c */
int send_message(struct socket *sock, const struct msghdr __user *user,
		 u32 flags, bool *whole);
int receive_message(struct socket *sock, struct msghdr __user *user, u32 flags);

/* send.c */
bool may_send(const struct socket *sock, const struct socket *to);
int do_send(struct transfer *t);

/* receive.c */
void lock_queue(struct socket *sock);
void unlock_queue(struct socket *sock);
int do_receive(struct transfer *t);
void end_receive(struct transfer *t);

/* collect.c */
void collect_sockets(void);

/* proc_unix.c */
void show_sockets(struct seq *s);

#endif
