/* Sockets, as Linux i386 has them. */
#ifndef ABI_SOCKET_H
#define ABI_SOCKET_H

#include <abi/types.h>

#define AF_UNSPEC	0
#define AF_UNIX		1
#define AF_INET		2

#define SOCK_STREAM	1
#define SOCK_DGRAM	2
#define SOCK_RAW	3
#define SOCK_SEQPACKET	5
#define SOCK_MAX	11
#define SOCK_TYPE_MASK	0xF
#define SOCK_NONBLOCK	00004000	/* O_NONBLOCK and O_CLOEXEC */
#define SOCK_CLOEXEC	02000000

#define SHUT_RD		0
#define SHUT_WR		1
#define SHUT_RDWR	2

#define SOMAXCONN	4096

#define MSG_OOB		0x1
#define MSG_PEEK	0x2
#define MSG_CTRUNC	0x8
#define MSG_TRUNC	0x20
#define MSG_DONTWAIT	0x40
#define MSG_EOR		0x80
#define MSG_WAITALL	0x100
#define MSG_NOSIGNAL	0x4000
#define MSG_WAITFORONE	0x10000
#define MSG_CMSG_CLOEXEC 0x40000000

#define SOL_SOCKET	1
#define SO_REUSEADDR	2
#define SO_TYPE		3
#define SO_ERROR	4
#define SO_BROADCAST	6
#define SO_SNDBUF	7
#define SO_RCVBUF	8
#define SO_KEEPALIVE	9
#define SO_PRIORITY	12
#define SO_PASSCRED	16
#define SO_PEERCRED	17
#define SO_RCVLOWAT	18
#define SO_SNDLOWAT	19
#define SO_RCVTIMEO	20
#define SO_SNDTIMEO	21
#define SO_ACCEPTCONN	30
#define SO_PROTOCOL	38
#define SO_DOMAIN	39

#define SCM_RIGHTS	1
#define SCM_CREDENTIALS	2
#define SCM_MAX_FD	253

struct sockaddr {
	unsigned short sa_family;
	char sa_data[14];
};

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

/* The most that an address of any family takes. */
#define SOCKADDR_MAX	128

struct iovec;

struct msghdr {
	void __user *msg_name;
	int msg_namelen;
	struct iovec __user *msg_iov;
	unsigned int msg_iovlen;
	void __user *msg_control;
	unsigned int msg_controllen;
	unsigned int msg_flags;
};

struct mmsghdr {
	struct msghdr msg_hdr;
	unsigned int msg_len;
};

struct cmsghdr {
	unsigned int cmsg_len;
	int cmsg_level, cmsg_type;
};

#define CMSG_ALIGN(n)	(((n) + 3u) & ~3u)
#define CMSG_LEN(n)	(sizeof(struct cmsghdr) + (n))
#define CMSG_SPACE(n)	CMSG_ALIGN(CMSG_LEN(n))

struct ucred {
	int pid;
	unsigned int uid, gid;
};

/* socketcall() */
#define SYS_SOCKET	1
#define SYS_BIND	2
#define SYS_CONNECT	3
#define SYS_LISTEN	4
#define SYS_ACCEPT	5
#define SYS_GETSOCKNAME	6
#define SYS_GETPEERNAME	7
#define SYS_SOCKETPAIR	8
#define SYS_SEND	9
#define SYS_RECV	10
#define SYS_SENDTO	11
#define SYS_RECVFROM	12
#define SYS_SHUTDOWN	13
#define SYS_SETSOCKOPT	14
#define SYS_GETSOCKOPT	15
#define SYS_SENDMSG	16
#define SYS_RECVMSG	17
#define SYS_ACCEPT4	18
#define SYS_RECVMMSG	19
#define SYS_SENDMMSG	20

#endif
