/*
 * The memory of a program that a call gives as a list of pieces. The list is
 * read piece by piece while it is used. A program that changes it meanwhile
 * gets other bytes, or -EFAULT at its end.
 */
#include <cowix/kernel.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/uio.h>
#include "net/net.h"

/*
 * Prepares for a list, and finds its length in bytes. Returns 0, -EMSGSIZE,
 * -EINVAL or -EFAULT.
 */
int get_pieces(struct pieces *pieces, const struct iovec __user *vector,
	       u32 count, u32 *length)
{
	if (count > UIO_MAXIOV)
		return -EMSGSIZE;
	*pieces = (struct pieces){ .next = vector, .count = count };
	return check_vector(vector, count, length);
}

/* Goes on to the next piece that is not empty. Returns 0 or -EFAULT. */
static int begin_piece(struct pieces *pieces)
{
	struct iovec piece;

	while (!pieces->left) {
		if (!pieces->count ||
		    copy_from_user(&piece, pieces->next, sizeof(piece)) < 0)
			return -EFAULT;
		pieces->next++;
		pieces->count--;
		pieces->at = piece.iov_base;
		pieces->left = piece.iov_len;
	}
	return 0;
}

/*
 * Copies n bytes between the kernel and the pieces, which go on. May sleep.
 * Returns 0, -EFAULT or -ENOMEM.
 */
int move_pieces(struct pieces *pieces, u8 *data, u32 n, bool to_user)
{
	while (n > 0) {
		int error = begin_piece(pieces);
		u32 part = min_u32(n, pieces->left);

		if (!error && to_user)
			error = copy_to_user(pieces->at, data, part);
		else if (!error)
			error = copy_from_user(data, pieces->at, part);
		if (error)
			return error;
		pieces->at += part;
		pieces->left -= part;
		data += part;
		n -= part;
	}
	return 0;
}
