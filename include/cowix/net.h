/* Sockets, as the rest of the kernel sees them: net/. */
#ifndef COWIX_NET_H
#define COWIX_NET_H

void net_init(void);

#endif
