/*
 * The memory of a program that a call gives as a list of pieces. The list is
 * read piece by piece while it is used. A program that changes it meanwhile
 * gets other bytes, or -EFAULT at its end.
 */
#include <cowix/kernel.h>
#include <cowix/fs.h>
#include <cowix/uaccess.h>
#include <abi/errno.h>
#include <abi/uio.h>

/*
 * Prepares for a list, and checks all pieces before the first is used. Finds
 * their length in bytes, which a call's answer can tell. They are current's
 * own memory if own is set. Returns 0, -EINVAL or -EFAULT.
 */
int get_pieces(struct pieces *pieces, const struct iovec __user *vector,
	       u32 count, bool own, u32 *length)
{
	struct iovec piece;

	if (count > UIO_MAXIOV)
		return -EINVAL;
	*pieces = (struct pieces){ .next = vector, .count = count };
	*length = 0;
	for (u32 i = 0; i < count; i++) {
		if (copy_from_user(&piece, &vector[i], sizeof(piece)) < 0)
			return -EFAULT;
		if ((s32)piece.iov_len < 0)
			return -EINVAL;
		if (own && !access_ok(piece.iov_base, piece.iov_len))
			return -EFAULT;
		*length += min_u32(piece.iov_len, TRANSFER_MAX - *length);
	}
	return 0;
}

/* Goes on to the next piece that is not empty. Returns 0 or -EFAULT. */
int begin_piece(struct pieces *pieces)
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

/* Leaves out n bytes of the piece that was begun. */
void skip_in_piece(struct pieces *pieces, u32 n)
{
	pieces->at += n;
	pieces->left -= n;
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
		skip_in_piece(pieces, part);
		data += part;
		n -= part;
	}
	return 0;
}
