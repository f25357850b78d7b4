/* signalfd4(): what a read tells of a signal. */
#ifndef ABI_SIGNALFD_H
#define ABI_SIGNALFD_H

#define SFD_CLOEXEC	02000000
#define SFD_NONBLOCK	00004000

struct signalfd_siginfo {
	unsigned ssi_signo;
	int ssi_errno, ssi_code;
	unsigned ssi_pid, ssi_uid;
	int ssi_fd;
	unsigned ssi_tid, ssi_band, ssi_overrun, ssi_trapno;
	int ssi_status, ssi_int;
	unsigned long long ssi_ptr, ssi_utime, ssi_stime, ssi_addr;
	unsigned short ssi_addr_lsb, pad2;
	int ssi_syscall;
	unsigned long long ssi_call_addr;
	unsigned ssi_arch;
	unsigned char pad[28];
};

#endif
