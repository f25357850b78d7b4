/* Sockets, as the rest of the kernel sees them: net/. */
#ifndef COWIX_NET_H
#define COWIX_NET_H

/* net/bind.c */
void names_init(void);

/* net/socket_file.c */
void net_init(void);

#endif
