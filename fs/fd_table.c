/*
 * The table of a process's descriptors. It consists of chunks, which are made
 * when a descriptor in them is first used. A chunk has a word of each bitmap,
 * and the table has a bitmap of full chunks. So the lowest free descriptor is
 * found by looking at a few words. A chunk stays until the table goes.
 *
 * Only making a chunk or a copy may sleep. What was looked at before must be
 * looked at again.
 */
#include <cowix/kernel.h>
#include <cowix/file.h>
#include <cowix/mm.h>
#include <abi/errno.h>

/* Returns the bits of a word that stand for n and higher numbers. */
static u32 bits_from(u32 n)
{
	return ~0u << n % 32;
}

/* Returns the open file of a descriptor that is not in the first chunk. */
struct file *far_file(const struct files_struct *files, u32 fd)
{
	const struct fd_chunk *chunk = fd_chunk(files, fd);

	return chunk ? chunk->file[fd % CHUNK_FDS] : NULL;
}

/* Makes sure that fd's chunk exists. On -ENOMEM nothing has changed. */
int fd_make_room(struct files_struct *files, u32 fd)
{
	u32 i = fd / CHUNK_FDS;
	struct fd_chunk *chunk;

	if (fd_has_room(files, fd))
		return 0;
	chunk = kzalloc(sizeof(*chunk));
	if (!chunk)
		return -ENOMEM;
	if (fd_has_room(files, fd)) {	/* another thread was faster */
		kfree(chunk);
		return 0;
	}
	while (files->chunks <= i)
		files->chunk[files->chunks++] = NULL;
	files->chunk[i] = chunk;
	return 0;
}

/* Returns the first chunk from number i on that has a free descriptor. */
static u32 chunk_not_full(const struct files_struct *files, u32 i)
{
	while (i < FD_CHUNKS) {
		u32 free = ~files->full[i / 32] & bits_from(i);

		i &= ~31u;
		if (free)
			return i + __builtin_ctz(free);
		i += 32;
	}
	return FD_CHUNKS;
}

/* Does the work of fd_lowest_free() beyond the first chunk. */
u32 far_lowest_free(const struct files_struct *files, u32 from)
{
	const struct fd_chunk *chunk = fd_chunk(files, from);
	u32 free = bits_from(from);

	if (chunk)
		free &= ~chunk->open;
	if (!free) {
		from = chunk_not_full(files, from / CHUNK_FDS + 1) * CHUNK_FDS;
		chunk = fd_chunk(files, from);
		free = chunk ? ~chunk->open : ~0u;
	}
	return (from & ~(CHUNK_FDS - 1)) + __builtin_ctz(free);
}

/* Called when fd's chunk becomes full, or is full no longer. */
void fd_turn_full(struct files_struct *files, u32 fd)
{
	u32 i = fd / CHUNK_FDS;

	files->full[i / 32] ^= fd_bit(i);
}

/* Returns the first open descriptor from fd on, or OPEN_MAX. */
u32 fd_next_open(const struct files_struct *files, u32 fd)
{
	while (fd / CHUNK_FDS < files->chunks) {
		const struct fd_chunk *chunk = fd_chunk(files, fd);
		u32 open = chunk ? chunk->open & bits_from(fd) : 0;

		fd &= ~(CHUNK_FDS - 1);
		if (open)
			return fd + __builtin_ctz(open);
		fd += CHUNK_FDS;
	}
	return OPEN_MAX;
}

/* Returns true if exec closes a descriptor, which is open. */
bool fd_close_on_exec(const struct files_struct *files, u32 fd)
{
	return fd_chunk(files, fd)->close_on_exec & fd_bit(fd);
}

void fd_set_close_on_exec(struct files_struct *files, u32 fd, bool on)
{
	struct fd_chunk *chunk = fd_chunk(files, fd);

	if (on)
		chunk->close_on_exec |= fd_bit(fd);
	else
		chunk->close_on_exec &= ~fd_bit(fd);
}

/*
 * Makes the chunks of `to` that it needs for a copy of `from`. Making one may
 * sleep, and threads that share `from` may need more. -ENOMEM
 */
static int make_room_for(struct files_struct *to,
			 const struct files_struct *from)
{
	u32 made;

	do {
		made = 0;
		for (u32 i = 1; i < from->chunks; i++) {
			u32 fd = i * CHUNK_FDS;

			if (!from->chunk[i] || !from->chunk[i]->open ||
			    fd_has_room(to, fd))
				continue;
			if (fd_make_room(to, fd) < 0)
				return -ENOMEM;
			made++;
		}
	} while (made);
	return 0;
}

/* Copies a chunk, whose files have one more descriptor each. */
static void copy_chunk(struct fd_chunk *to, const struct fd_chunk *from)
{
	*to = *from;
	for (u32 open = to->open; open; open &= open - 1)
		to->file[__builtin_ctz(open)]->count++;
}

/*
 * Returns a table with the same open files, each with one more reference. NULL
 * if there was no memory. `from` is NULL for the first task, which has no files.
 */
struct files_struct *fd_table_copy(const struct files_struct *from)
{
	static const struct files_struct no_files;
	struct files_struct *files = kmalloc(sizeof(*files));

	if (!files)
		return NULL;
	if (!from)
		from = &no_files;
	files->users = files->chunks = 1;
	files->chunk[0] = &files->first;
	if (make_room_for(files, from) < 0) {
		fd_table_free(files);
		return NULL;
	}
	memcpy(files->full, from->full, sizeof(files->full));
	copy_chunk(&files->first, &from->first);
	for (u32 i = 1; i < from->chunks; i++)
		if (from->chunk[i] && from->chunk[i]->open)
			copy_chunk(files->chunk[i], from->chunk[i]);
	return files;
}

/* Frees a table, whose files were given up or never counted. */
void fd_table_free(struct files_struct *files)
{
	for (u32 i = 1; i < files->chunks; i++)
		kfree(files->chunk[i]);
	kfree(files);
}
