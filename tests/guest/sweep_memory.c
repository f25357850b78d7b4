/* The failure sweep (sweep.h) of areas, faults and swap. */
#include <abi/mman.h>
#include <sys/stat.h>
#include "sweep.h"
#include "swapfile.h"

/* ---- Areas ---- */

static int grow_heap(void)
{
	return sbrk(4 * PAGE) == (void *)-1 ? -1 : 0;
}

static void shrink_heap(void)
{
	CHECK(sbrk(-4 * PAGE) != (void *)-1);
}

static void sweep_brk(void)
{
	static const struct subject s = { .run = grow_heap,
					  .undo = shrink_heap };

	sweep(&s, 1);
}

static char *map(unsigned length, unsigned prot, unsigned flags, int fd)
{
	unsigned at = syscall(__NR_mmap2, 0, length, prot, flags, fd, 0);

	return (char *)(at >= -4095u ? 0 : at);
}

static char *mapping;
static int file_fd;

static int map_anonymous(void)
{
	mapping = map(4 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return mapping ? 0 : -1;
}

static int map_file(void)
{
	mapping = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_fd);
	return mapping ? 0 : -1;
}

static void unmap(void)
{
	CHECK(syscall(__NR_munmap, mapping, 4 * PAGE) == 0);
}

static void open_true(void)
{
	CHECK((file_fd = open("/bin/true", O_RDONLY)) >= 0);
}

static void sweep_mmap(void)
{
	static const struct subject anonymous = { .run = map_anonymous,
						  .undo = unmap };
	static const struct subject file = { .run = map_file,
					     .prepare = open_true,
					     .undo = unmap };

	sweep(&anonymous, 1);
	sweep(&file, 1);
}

/* Splits an area in three: each split needs memory. */
static int protect_middle(void)
{
	return syscall(__NR_mprotect, mapping + PAGE, PAGE, PROT_READ);
}

static void unprotect(void)
{
	unmap();
	CHECK(map_anonymous() == 0);
}

static int unmap_middle(void)
{
	return syscall(__NR_munmap, mapping + PAGE, PAGE);
}

static void prepare_area(void)
{
	CHECK(map_anonymous() == 0);
	memset(mapping, 1, 4 * PAGE);
	unprotect();
}

/* Returns 1 if the middle page is mapped. Keeps errno. */
static int middle_is_mapped(void)
{
	int error = errno, there = syscall(__NR_mincore, mapping + PAGE, PAGE,
					   &(char){ 0 }) == 0;

	errno = error;
	return there;
}

/*
 * Moves the middle page, which cannot grow where it is. It must be in one
 * place, whatever fails.
 */
static int move_middle(void)
{
	unsigned to = syscall(__NR_mremap, mapping + PAGE, PAGE, 6 * PAGE,
			      MREMAP_MAYMOVE);

	CHECK(middle_is_mapped() == (to == -1u));
	if (to == -1u)
		return -1;
	CHECK(syscall(__NR_munmap, to, 6 * PAGE) == 0);
	return 0;
}

/*
 * Moves the page over the next one, which goes. As one area with the page
 * above, it would be hard to remove.
 */
static int move_up(void)
{
	unsigned to = syscall(__NR_mremap, mapping + PAGE, PAGE, PAGE,
			      MREMAP_MAYMOVE | MREMAP_FIXED,
			      mapping + 2 * PAGE);

	CHECK(middle_is_mapped() == (to == -1u));
	return to == -1u ? -1 : 0;
}

/* Maps over a part of an old mapping. */
static int map_over(void)
{
	unsigned at = syscall(__NR_mmap2, mapping + PAGE, PAGE, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(middle_is_mapped());
	return at == (unsigned)mapping + PAGE ? 0 : -1;
}

/*
 * Sweeps splits. One that is done when the next fails stays: the areas still
 * mean the same.
 */
static void sweep_splits(void)
{
	static const struct subject protect = { .run = protect_middle,
						.prepare = prepare_area,
						.undo = unprotect,
						.keeps_on_failure = 1 };
	static const struct subject unmapping = { .run = unmap_middle,
						  .prepare = prepare_area,
						  .undo = unprotect,
						  .keeps_on_failure = 1 };
	static const struct subject moving = { .run = move_middle,
					       .prepare = prepare_area,
					       .undo = unprotect,
					       .keeps_on_failure = 1 };
	static const struct subject moving_up = { .run = move_up,
						  .prepare = prepare_area,
						  .undo = unprotect,
						  .keeps_on_failure = 1 };
	static const struct subject mapping_over = { .run = map_over,
						     .prepare = prepare_area,
						     .undo = unprotect,
						     .keeps_on_failure = 1 };

	sweep(&protect, 2);
	sweep(&unmapping, 2);
	sweep(&moving, 3);
	sweep(&moving_up, 4);
	sweep(&mapping_over, 3);
}

/* Faults: if memory returns, as here, the access is tried again. */

static int write_byte(void)
{
	*target = 1;
	return 0;
}

static int read_byte(void)
{
	(void)*target;
	return 0;
}

static void target_shared(void)
{
	real_target = buffer + 5 * PAGE;
}

static void target_mapping(void)
{
	CHECK(map_anonymous() == 0);
	real_target = mapping;
}

static void target_far(void)
{
	real_target = (char *)syscall(__NR_mmap2, 0x60000000, PAGE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				      -1, 0);
}

static void target_file(void)
{
	open_true();
	real_target = (char *)syscall(__NR_mmap2, 0x60000000, PAGE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_FIXED, file_fd, 0);
}

static void target_stack(void)
{
	real_target = (char *)&real_target;
	__asm__ volatile("movl %%esp, %0" : "=r"(real_target));
	real_target -= 40 * PAGE;
}

static void sweep_write_fault(void)
{
	static const struct subject shared = { .run = write_byte,
					       .prepare = target_shared };
	static const struct subject fresh = { .run = write_byte,
					      .prepare = target_mapping };
	static const struct subject far = { .run = write_byte,
					    .prepare = target_far };
	static const struct subject file = { .run = write_byte,
					     .prepare = target_file };
	static const struct subject stack = { .run = write_byte,
					      .prepare = target_stack };

	memset(buffer, 'b', sizeof(buffer));
	sweep(&shared, 1);
	CHECK(buffer[5 * PAGE] == 'b');
	sweep(&fresh, 1);
	sweep(&far, 2);
	sweep(&file, 2);
	sweep(&stack, 1);
}

static void sweep_read_fault(void)
{
	static const struct subject far = { .run = read_byte,
					    .prepare = target_far };
	static const struct subject file = { .run = read_byte,
					     .prepare = target_file };

	sweep(&far, 1);
	sweep(&file, 1);
}

/*
 * Makes the kernel break the sharing. If the call fails, the page is still
 * shared and unchanged.
 */
static int read_zeroes(void)
{
	return read(file_fd, (char *)target, 16);
}

static void open_zero(void)
{
	CHECK((file_fd = open("/dev/zero", O_RDONLY)) >= 0);
	target_shared();
}

static int stat_root(void)
{
	return syscall(__NR_stat64, "/", target);
}

static void sweep_kernel_fault(void)
{
	static const struct subject reading = { .run = read_zeroes,
						.prepare = open_zero };
	static const struct subject getting = { .run = stat_root,
						.prepare = target_shared };

	memset(buffer, 'b', sizeof(buffer));
	sweep(&reading, 1);
	sweep(&getting, 1);
	for (int i = 0; i < LARGE; i++)
		CHECK(buffer[i] == 'b');
}

static int first_fpu(void)
{
	if (target != spare)
		__asm__ volatile("fldz; fstp %st(0)");
	return 0;
}

static void sweep_fpu(void)
{
	static const struct subject s = { .run = first_fpu,
					  .prepare = target_shared };

	sweep(&s, 1);
}

/*
 * Reads a page in swap. Without memory the access is tried again, or the call
 * fails, and the page stays in swap.
 */

static int swap_and_read(void)
{
	page_out((char *)target, 1);
	return *target != *target;
}

static int swap_and_write(void)
{
	page_out((char *)target, 1);
	*target = 1;
	return 0;
}

static int swap_and_call(void)
{
	page_out((char *)target, 1);
	return read(file_fd, (char *)target, 16);
}

/* Forks, so that the page in swap is the child's too. Then both fetch it. */
static int swap_and_fork(void)
{
	int pid;

	page_out((char *)target, 1);
	pid = fork();
	if (pid == 0)
		_exit(*target != *target);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return -1;
	return *target != *target;
}

static int swap_and_fork_old(void)
{
	int pid;

	page_out((char *)target, 1);
	pid = xfork(FORK_POLICY_OLD, NULL);
	if (pid == 0)
		_exit(*target != *target);
	return pid >= 0 && waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static void bring_in(void)
{
	*target = *target;
}

static void own_target(void)
{
	real_target = bytes + 3 * PAGE;
}

static void open_zero_own(void)
{
	CHECK((file_fd = open("/dev/zero", O_RDONLY)) >= 0);
	own_target();
}

static void sweep_swap(void)
{
	static const struct subject reading = { .run = swap_and_read,
						.prepare = own_target };
	static const struct subject writing = { .run = swap_and_write,
						.prepare = own_target };
	static const struct subject calling = { .run = swap_and_call,
						.prepare = open_zero_own,
						.undo = bring_in,
						.keeps_on_failure = 1 };
	static const struct subject forking = { .run = swap_and_fork,
						.prepare = own_target,
						.undo = bring_in,
						.keeps_on_failure = 1 };
	static const struct subject copying = { .run = swap_and_fork_old,
						.prepare = own_target,
						.undo = bring_in,
						.keeps_on_failure = 1 };

	swap_begin();
	sweep(&reading, 1);
	sweep(&writing, 1);
	sweep(&calling, 1);
	sweep(&forking, 6);
	sweep(&copying, 6);
	swap_end();
}

TESTS({ "brk", "brk", sweep_brk },
      { "mmap", "mmap without and with a file", sweep_mmap },
      { "splits", "mprotect and munmap in the middle of an area",
	sweep_splits },
      { "write_fault", "writes to shared, fresh, far, file and stack pages",
	sweep_write_fault },
      { "read_fault", "reads where no page table is, and of a file",
	sweep_read_fault },
      { "kernel_fault", "the kernel writes to a shared page",
	sweep_kernel_fault },
      { "fpu", "the first FPU instruction", sweep_fpu },
      { "swap", "pages come back from swap", sweep_swap })
