/* readv() and writev() */
#ifndef ABI_UIO_H
#define ABI_UIO_H

#include <abi/types.h>

struct iovec {
	void __user *iov_base;
	unsigned int iov_len;
};

#define UIO_MAXIOV 1024

#endif
