/* The log: the last messages of printk, for dmesg, syslog() and /dev/kmsg. */
#include <cowix/kernel.h>
#include <cowix/task.h>
#include <cowix/uaccess.h>
#include <cowix/syscalls.h>
#include <abi/errno.h>

#define LOG_SIZE	8192u		/* a power of two */

enum {
	SYSLOG_READ_ALL = 3,
	SYSLOG_READ_CLEAR = 4,
	SYSLOG_CLEAR = 5,
	SYSLOG_SIZE_BUFFER = 10
};

static char log[LOG_SIZE];
static u32 log_end;			/* bytes ever written */
static u32 log_cleared;			/* of them, by dmesg -c */

/* Called by printk() with interrupts masked. */
void log_append(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		log[log_end++ % LOG_SIZE] = s[i];
}

/*
 * Copies bytes [at, at + n) of the log, which must still be in the ring.
 * Returns n or an error.
 */
static int copy_log(char __user *buf, u32 at, u32 n)
{
	int error = 0;

	for (u32 done = 0, part; done < n && !error; done += part) {
		u32 offset = (at + done) % LOG_SIZE;

		part = min_u32(n - done, LOG_SIZE - offset);
		error = copy_to_user(buf + done, log + offset, part);
	}
	return error ? error : (int)n;
}

/*
 * Reads the log from *pos on, which counts the bytes ever written, and advances
 * it. Bytes that the ring has lost are skipped. Returns how many bytes were
 * read, 0 at the end, or an error. Called by /dev/kmsg.
 */
int log_read(char __user *buf, u32 count, loff_t *pos)
{
	u32 oldest = log_end - min_u32(log_end, LOG_SIZE), at = log_end;
	int n;

	if (*pos < log_end)
		at = max_u32(*pos, oldest);
	n = copy_log(buf, at, min_u32(count, log_end - at));
	if (n > 0)
		*pos = at + n;
	return n;
}

/*
 * syslog(), as far as dmesg needs it: read the log (3), read and clear it (4),
 * clear it (5), its size (10). All else is -EINVAL.
 */
int sys_syslog(int type, char __user *buf, int size)
{
	u32 end = log_end, kept = min_u32(end - log_cleared, LOG_SIZE);
	int n = 0;

	if (type == SYSLOG_SIZE_BUFFER)
		return LOG_SIZE;
	if (type < SYSLOG_READ_ALL || type > SYSLOG_CLEAR || size < 0)
		return -EINVAL;
	if (type != SYSLOG_READ_ALL && !suser())
		return -EPERM;
	kept = min_u32(kept, size);
	if (type != SYSLOG_CLEAR)
		n = copy_log(buf, end - kept, kept);
	if (type != SYSLOG_READ_ALL && n >= 0)
		log_cleared = end;
	return n;
}
