# Cowix: the whole build. `make help` lists what one can wish for.

VERSION	= 0.2.0

# What to build. V=1 shows every command, OPT=-O0 is for the whole kernel.
V	?=
OPT	?=
OVERLAY	?=
SIZE	?=
FS	?= minix3
# With the sanitizers, in a folder of its own. PLANTED=1 adds faults for them.
SANITIZE ?=
PLANTED	?=
BUILD	= build$(if $(SANITIZE),/sanitize)
BENCH	= $(BUILD)
# How long the fuzzer runs, or how many calls it makes, and its first seed;
# tools/fuzz has more options. How long make soak runs, and in which emulator.
SECONDS	?= 60
CALLS	?=
SEED	?= 1
HOURS	?= 2
EMULATOR ?= qemu

# Searches worlds as deep as time allows, too.
DEEP	?=
# What make fuzz-native tries: names in tests/native, or all.
TARGET	?=

# Debian's packages, and another suite than the host's, for make debian and
# make first-hour.
PACKAGES ?=
SUITE	?=

# What make self builds, in how many MB of memory and of swap. SHORT=1 also
# shortens make test.
SHORT	?=
MEMORY	?=
SWAP	?=

# What to build it with, e.g. CROSS_COMPILE=i686-elf- or CC=clang LD=ld.lld.
CROSS_COMPILE ?=
CC	= $(CROSS_COMPILE)gcc
LD	= $(CROSS_COMPILE)ld
AR	= $(CROSS_COMPILE)ar
NM	= $(CROSS_COMPILE)nm
OBJCOPY	= $(CROSS_COMPILE)objcopy
OBJDUMP	= $(CROSS_COMPILE)objdump
ADDR2LINE = $(CROSS_COMPILE)addr2line
NASM	= nasm
PYTHON	= /usr/bin/python3
QEMU	= qemu-system-i386
BOCHS	= $(or $(shell command -v bochs-bin),bochs)
export NM OBJDUMP ADDR2LINE QEMU BOCHS

# The kernel's object files, folder by folder.
KERNEL_OBJS = boot/head.o boot/multiboot.o \
	$(addprefix lib/,list.o hash.o tree.o string.o parse.o vsnprintf.o) \
	$(addprefix kernel/,main.o entry.o trap_entry.o switch.o fixup.o \
	traps.o gdt.o irq.o fpu.o debugreg.o sys_call_table.o sys_ni.o \
	pci.o params.o printk.o log.o panic.o backtrace.o random.o plan.o \
	uname.o) \
	$(addprefix kernel/task/,task.o sched.o wait.o poll_wait.o fork.o \
	clone.o stack.o pid.o threads.o exit.o waitpid.o orphans.o priority.o \
	rlimit.o cred.o access.o tls.o futex.o ptrace.o \
	ptrace_attach.o ptrace_stop.o ptrace_memory.o ptrace_regs.o \
	ptrace_debug.o prctl.o sys.o) \
	$(addprefix kernel/signal/,signal.o kill.o sigqueue.o sigaction.o \
	deliver.o coredump.o sigframe.o) \
	$(addprefix kernel/time/,pit.o timer.o tick.o time.o clock.o \
	deadline.o cpu_clock.o itimer.o clock_timer.o posix_timer.o loadavg.o) \
	$(addprefix mm/,ram.o frames.o cleared.o owners.o kmalloc.o paging.o \
	area_tree.o area.o table.o space.o memory.o lazy.o copy_now.o pages.o \
	around.o fault.o mapping.o protect.o foreign.o mremap.o unmap.o \
	madvise.o mlock.o uaccess_asm.o uaccess.o oom.o) \
	$(addprefix mm/swap/,reclaim.o swap_area.o swap.o swap_entry.o \
	swapoff.o) \
	$(addprefix fs/,init.o caches.o times.o buffer.o buffer_write.o \
	buffer_batch.o page_cache.o page_io.o \
	name_cache.o target.o inode.o super.o mounts.o mount.o root.o \
	filesystems.o namei.o namei_ops.o rename.o open.o file_table.o \
	fd_table.o fcntl.o locks.o lock_ranges.o read_write.o seek.o pieces.o \
	readv.o sendfile.o ioctl.o sync.o ask.o poll.o select.o readdir.o \
	stat.o attr.o xattr.o fs_struct.o pipe.o anon_file.o epoll.o \
	epoll_wait.o eventfd.o timerfd.o signalfd.o devices.o devpts.o \
	seq.o filemap.o swapon.o exec.o exec_args.o exec_script.o elf.o core.o \
	core_notes.o) \
	$(addprefix fs/minix/minix_,format.o super.o bitmap.o inode.o \
	truncate.o dir.o entry.o) \
	$(addprefix fs/tmpfs/,tmpfs.o tmpfs_dir.o tmpfs_options.o) \
	$(addprefix fs/proc/,proc.o proc_dir.o proc_link.o proc_system.o \
	proc_sys.o proc_task.o proc_limits.o proc_mem.o proc_smaps.o \
	proc_memory.o) \
	$(addprefix net/,socket.o account.o message.o send.o \
	receive.o close.o address.o bind.o connect.o create.o socket_file.o \
	msg.o batch.o control.o rights.o collect.o options.o socketcall.o \
	proc_unix.o) \
	$(addprefix kernel/blk_drv/,ll_rw_blk.o ramdisk.o fdc.o floppy.o \
	ide.o hd_probe.o floppy_format.o floppy_probe.o floppy_buffer.o hd.o \
	partition.o) \
	$(addprefix kernel/chr_drv/,tty.o tty_ioctl.o ldisc.o console.o vt.o \
	vt_attributes.o keyboard.o serial.o pty.o) \
	$(addprefix kernel/debug/,audit.o audit_areas.o recount.o trace.o \
	sysrq.o watch.o fail.o) \
	$(if $(SANITIZE),$(addprefix kernel/debug/,ubsan.o kasan.o \
	kasan_stack.o)) \
	$(if $(PLANTED),tests/planted/faults.o)
OBJS	= $(addprefix $(BUILD)/,$(KERNEL_OBJS))

# Compiled for speed: what runs in each fault, switch and call of the
# benchmarks (make bench). All the rest is compiled for size, since a kernel
# of -O2 alone is much larger. OPT=-O0 and the like hold for all.
FAST	= $(addprefix mm/,frames kmalloc table memory lazy pages around fault \
	uaccess) lib/tree lib/hash \
	$(addprefix kernel/task/,sched wait fork) \
	$(addprefix fs/,namei name_cache inode file_table read_write \
	page_cache buffer buffer_write pipe times) \
	$(addprefix fs/minix/minix_,inode dir bitmap entry truncate)
# The sanitizers leave less room below 640 KB: then only their own part.
FAST	:= $(if $(SANITIZE),kernel/debug/kasan,$(FAST))

# Programs: one source file in user/bin each, or a folder. Tests likewise.
FOLDERS	= awk sed find diff sh vi strace login
PROGRAMS = $(patsubst user/bin/%.c,%,$(wildcard user/bin/*.c)) $(FOLDERS)
# The floppy has no room for these beside the sanitizers.
PROGRAMS := $(filter-out $(if $(SANITIZE),man strace vi),$(PROGRAMS))
TESTS	= $(patsubst tests/guest/%.c,%,$(wildcard tests/guest/*.c))
TEST_FOLDERS = fuzz
# The program of tools/growth, on an image as the tests have.
GROWTH	= $(BUILD)/tests/growth
LIBC_SRCS = $(wildcard user/lib/*.c user/lib/*.asm user/common/*.c)

all: $(BUILD)/cowix.img $(BUILD)/kernel.sym $(BUILD)/System.map

help:
	@sed -n 's/^#: //p' Makefile
#: make [OVERLAY=dir]   build/cowix.img, with the files below dir added
#: make hd [OVERLAY=dir] [SIZE=MB] [FS=minix3]
#:                      build/hd.img, a hard disk that boots
#: make debian [PACKAGES='bash python3 ...'] [SIZE=MB] [SUITE=bookworm]
#:                      build/debian.img, the same with Debian's programs
#: make self [SHORT=1] [MEMORY=32] [SWAP=0]
#:                      builds Cowix inside Cowix, twice, and compares
#: make iso             build/cowix.iso, a CD that boots
#: make run [MEM=32] [QEMU=qemu-system-x86_64]
#:                      boots it in QEMU: a window, or this terminal when
#:                      there is no display
#: make run-hd          the same with build/hd.img, which keeps what is written
#: make debug           QEMU stopped at the first instruction, gdb attached
#: make console         its shell, in another terminal, when there is no window
#: make debug-program P='ls -l /'
#:                      the same, stopped in the main of a program
#: make bochs           boots it in Bochs
#: make bochs-debug     the same, stopped in its debugger
#: make bochs-cow       one copy-on-write fault in Bochs, before and after
#: make bochs-fault, bochs-switch, bochs-syscall, bochs-power-on
#:                      a page fault, a task switch, a system call, the way
#:                      to the first line of C: step by step
#: make test [SHORT=1]  every test, or a few for two minutes
#: make first-hour SUITE=trixie
#:                      a bare Debian, in which all that README says is typed
#: make grade [HINTS=n]  in a tree that tools/lab start made: points, a hint
#: make labs            all labs: stubs, the reference and wrong answers
#: make mutants         planted bugs, each of which a test must catch
#: make SANITIZE=1      build/sanitize/: undefined behaviour and accesses to
#:                      memory that is not given out end in a panic
#: make sanitize        that, with all guest tests and the fuzzer
#: make sparse          addresses of programs, byte order, locks: silent
#: make faults [CUTS=1000]
#:                      a disk fails at each request of a boot and of a build;
#:                      the power goes; figures in build/faults.txt
#: make explore [DEEP=1]
#:                      every state of small worlds, with the files of mm/
#: make fuzz            the kernel fuzzer, for SECONDS=60 from SEED=1 on, or
#:                      for CALLS=50000000
#: make soak [HOURS=2] [SEED=1] [EMULATOR=bochs]
#:                      random work for hours: audited, counted, compared
#: make trust           all that proves anything (docs/trust.md), and a table
#:                      of its figures: a day
#: make fuzz-native [TARGET='elf sh']
#:                      parsers on the host, with libFuzzer and ASan, for
#:                      SECONDS=60 each
#: make bench           instruction counts, also beside many things and of
#:                      Linux: tables, build/bench.csv, build/growth.csv, plots
#: make check-style     80 columns, short functions and files, plain sentences
#: make check-layers    no arrow between object files goes up, no circle is
#:                      large
#: make docs            docs/syscalls.md and docs/manual.md: the system calls,
#:                      and the pages that man shows inside
#: make check-docs      all that a document names exists: files, targets, links
#: make sessions        types the sessions of all documents again, and compares
#: make pictures        docs/guide/pictures/*.svg, from their descriptions
#: make book [HTML=1]   build/book/: the guide and the numbered source with
#:                      an index, as HTML and PDF, or as HTML only
#: make compile-db      compile_commands.json, for clangd and other tools
#: make screenshots     docs/screenshot.png, from the console in QEMU
#: make web             build/web/, Cowix in a browser with its frames beside it
#: make test-web        and its tests in headless Chromium
#: make clean           removes build/
#: V=1 shows the commands, OPT=-O0 compiles the kernel with that.

# ---- Flags ----

# Flags that not every compiler has are tried first.
cc-option = $(shell $(CC) -m32 -Werror $(1) -S -o - -x c /dev/null \
	>/dev/null 2>&1 && echo "$(1)")
COMMON	:= -m32 -march=i486 -std=gnu11 -g -Wall -Wextra -ffreestanding \
	-nostdinc -fno-pic -fno-stack-protector -fno-strict-aliasing \
	-fno-asynchronous-unwind-tables \
	$(call cc-option,-fno-pie) $(call cc-option,-fcf-protection=none) \
	$(call cc-option,--param=min-pagesize=0) \
	$(call cc-option,-mpreferred-stack-boundary=2) \
	-isystem $(shell $(CC) -m32 -print-file-name=include)
# Frame pointers, so that a debugger and panic() find each caller.
CFLAGS	:= $(COMMON) -mtune=generic -mgeneral-regs-only -fno-common \
	-fno-omit-frame-pointer $(call cc-option,-Wframe-larger-than=640) \
	-Iinclude -I. -I$(BUILD)/inc
# For the files of FAST. Padding between their instructions would cost 3 KB, and
# time where a loop runs only once.
SPEED	:= -O2 $(foreach what,loops jumps labels,\
	$(call cc-option,-fno-align-$(what)))
USER_CFLAGS := $(COMMON) -Os -fno-math-errno -ffunction-sections \
	-fdata-sections -fomit-frame-pointer -fno-builtin \
	-Iuser/lib/include -Iuser/common -Iinclude -I$(BUILD)/names
# make SANITIZE=1: tests for undefined behaviour, and each access to memory
# looked up in shadow memory, but for the files that keep that.
UNDEFINED = shift,integer-divide-by-zero,unreachable,vla-bound,bounds
UNDEFINED := $(UNDEFINED),signed-integer-overflow,bool,enum,builtin
SHADOWED = -fsanitize=kernel-address -fasan-shadow-offset=0xE0000000 \
	--param=asan-instrumentation-with-call-threshold=0 \
	--param=asan-stack=1
# Also for files that are not sanitized: they call others, which are.
EACH_SANITIZED = -DSANITIZE -mpreferred-stack-boundary=3
SANITIZERS = $(EACH_SANITIZED) -fsanitize=$(UNDEFINED) \
	-fno-sanitize-recover=undefined $(SHADOWED)
# Global variables only where bytes from outside choose the place in tables: all
# would not fit on a floppy.
SHADOWED_GLOBALS = kernel/chr_drv/% lib/% tests/planted/%
NOT_SANITIZED = $(addprefix kernel/debug/,ubsan kasan kasan_stack) mm/kmalloc
sanitizers = $(if $(SANITIZE),$(if $(filter $(NOT_SANITIZED),$*),\
	$(EACH_SANITIZED),$(SANITIZERS) $(if $(filter $(SHADOWED_GLOBALS),$*),\
	--param=asan-globals=1)))
ERRORS	= $(if $(CI)$(WERROR),-Werror)
ASFLAGS	= -I$(BUILD)/inc/ -Iinclude/asm/ -Iboot/
LDFLAGS	:= -m elf_i386 -nostdlib -z noexecstack --orphan-handling=error \
	$(shell $(LD) --no-warn-rwx-segments -v >/dev/null 2>&1 && \
	echo --no-warn-rwx-segments)
# What the compiler calls for a 64-bit division.
LIBGCC	:= $(shell $(CC) -m32 -print-libgcc-file-name)

# A quiet build prints a line for each file; make -s does not.
Q	= $(if $(V),,@)
SILENT	= $(findstring s,$(firstword -$(MAKEFLAGS)))
say	= $(if $(V)$(SILENT),,@printf '%-8s%s\n' '$(1)' '$(@:$(BUILD)/%=%)')

# Files that change only when what is remembered in them does: the flags, so
# that make OPT=-O0 compiles everything again, the overlay's name, the version.
remember = @mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
$(BUILD)/flags: FORCE
	$(call remember,$(CC) $(CFLAGS) $(USER_CFLAGS) $(OPT) $(FAST) \
	$(if $(SANITIZE),$(SANITIZERS) $(NOT_SANITIZED) \
	$(SHADOWED_GLOBALS)) $(SPEED) $(NASM) $(LD) $(LDFLAGS))
$(BUILD)/overlay.name: FORCE
	$(call remember,$(OVERLAY))

# The version, and in a git repository the commit and its date: the same tree
# gives the same bytes every time.
COMMIT	= $(if $(wildcard .git),$(shell git log -1 --format=%cs 2>/dev/null) \
	$(shell git describe --always --dirty --exclude '*' 2>/dev/null))
$(BUILD)/version: FORCE
	$(call remember,$(VERSION) $(COMMIT))
$(BUILD)/inc/version.h: $(BUILD)/version Makefile
	@mkdir -p $(@D)
	@printf '#define %s "%s"\n' VERSION '$(VERSION)' \
		BUILD '$(strip #1 $(COMMIT))' > $@
$(BUILD)/kernel/uname.o $(BUILD)/fs/proc/proc_system.o: \
	$(BUILD)/inc/version.h

# ---- Constants that assembly and programs share with C ----

# Plain "#define NAME number" lines of headers, and offsets into structures.
CONSTANT = ^\#define[ \t]+([A-Za-z0-9_]+)[ \t]+(0x[0-9A-Fa-f]+|[0-9]+)
INCS	= $(addprefix $(BUILD)/inc/,mmu.inc segment.inc errno.inc \
	boot_params.inc unistd.inc offsets.inc traps.inc irq.inc plan.inc) \
	include/asm/fixup.inc include/asm/entry.inc
.SECONDEXPANSION:
$(BUILD)/inc/%.inc: $$(wildcard include/*/$$*.h)
	$(call say,INC)
	@mkdir -p $(@D)
	$(Q)sed -nE 's/$(CONSTANT)([ \t].*)?$$/%define \1 \2/p' $< > $@
$(BUILD)/inc/offsets.inc: kernel/asm-offsets.c $(wildcard include/*/*.h)
	$(call say,INC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -O2 -S -o $(BUILD)/asm-offsets.s $<
	$(Q)sed -nE 's/.*->([A-Z_]+) [$$]?(-?[0-9]+).*/%define \1 \2/p' \
		$(BUILD)/asm-offsets.s > $@

# Names by number, for strace: "#define PREFIXname number" lines of a header
# as [number] = "name". Of two names the first is taken.
NAMES	= awk '/^\#define/ && index($$2, prefix) == 1 && $$3 ~ /^[0-9]+$$/ \
	&& !seen[$$3]++ { print "[" $$3 "] = \"" \
	substr($$2, length(cut) + 1) "\"," }'
STRACE_NAMES = $(addprefix $(BUILD)/names/,call_names.h error_names.h \
	signal_names.h)
$(BUILD)/names/call_names.h: include/abi/unistd.h
	@mkdir -p $(@D); $(NAMES) prefix=__NR_ cut=__NR_ $< > $@
$(BUILD)/names/error_names.h: include/abi/errno.h
	@mkdir -p $(@D); $(NAMES) prefix=E cut= $< > $@
$(BUILD)/names/signal_names.h: include/abi/signal.h
	@mkdir -p $(@D); sed '/SIG_/d' $< | $(NAMES) prefix=SIG cut=SIG > $@
$(BUILD)/user/strace/calls.o $(BUILD)/user/strace/flags.o: $(STRACE_NAMES)

# ---- The kernel ----

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(sanitizers) \
		$(or $(OPT),$(if $(filter $(FAST),$*),$(SPEED),-Os)) \
		$(ERRORS) -MMD -MP -c -o $@ $<
define assemble
	$(call say,NASM)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -g -F dwarf $(ASFLAGS) -o $@ $<
endef
$(BUILD)/%.o: %.asm $(INCS) $(BUILD)/flags
	$(assemble)
$(BUILD)/boot/multiboot.o: boot/gdt.inc
$(BUILD)/mm/uaccess_asm.o: mm/uaccess.asm $(INCS) $(BUILD)/flags
	$(assemble)

# It is linked twice: the second time with the table of its own functions,
# which panic() uses, and which must not have moved them.
LINK_KERNEL = $(LD) $(LDFLAGS) $(if $(PLANTED),--wrap=sysrq_init) \
	-T kernel/kernel.ld -Map $(BUILD)/kernel.map
$(BUILD)/kernel.elf: $(OBJS) kernel/kernel.ld tools/ksyms
	$(call say,LD)
	$(Q)$(PYTHON) tools/ksyms > $(BUILD)/ksyms0.asm < /dev/null
	$(Q)$(NASM) -f elf32 -o $(BUILD)/ksyms0.o $(BUILD)/ksyms0.asm
	$(Q)$(LINK_KERNEL) -o $(BUILD)/kernel0.elf $(OBJS) \
		$(BUILD)/ksyms0.o $(LIBGCC)
	$(Q)$(NM) -n $(BUILD)/kernel0.elf | $(PYTHON) tools/ksyms \
		> $(BUILD)/ksyms.asm
	$(Q)$(NASM) -f elf32 -o $(BUILD)/ksyms.o $(BUILD)/ksyms.asm
	$(Q)$(LINK_KERNEL) -o $@ $(OBJS) $(BUILD)/ksyms.o $(LIBGCC)
	@$(NM) $(BUILD)/kernel0.elf | grep ' [tT] ' | sort > $(BUILD)/text0
	@$(NM) $@ | grep ' [tT] ' | sort | cmp - $(BUILD)/text0
$(BUILD)/kernel.bin: $(BUILD)/kernel.elf
	$(Q)$(OBJCOPY) -O binary $< $@
	$(if $(SILENT),,@echo "kernel as loaded: `stat -c %s $@` bytes")
$(BUILD)/kernel.sym: $(BUILD)/kernel.elf
	$(Q)$(NM) -n $< | awk '$$2 !~ /[aA]/ { print $$1 " " $$3 }' > $@
$(BUILD)/System.map: $(BUILD)/kernel.elf
	$(Q)$(NM) -n $< > $@
$(BUILD)/kernel.asm: $(BUILD)/kernel.elf
	$(Q)$(OBJDUMP) -dS $< > $@

# Boot sector and setup; one that is too long is an error with the number of
# bytes.
$(BUILD)/%.bin: boot/%.asm $(wildcard boot/*.inc) $(INCS) $(BUILD)/flags
	$(call say,NASM)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f bin $(if $(SILENT),-w-user) $(ASFLAGS) -o $@ $<

# ---- Programs: a small static library, and one source file or folder each ----

objects	= $(addprefix $(BUILD)/,$(addsuffix .o,$(basename $(1))))
define compile-program
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) $(ERRORS) -MMD -MP -c -o $@ $<
endef
define link-program
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(LD) $(LDFLAGS) --gc-sections -z max-page-size=4096 \
		-T user/user.ld -o $@.elf $(filter %.o,$^) \
		$(BUILD)/user/libc.a $(LIBGCC)
	$(Q)$(OBJCOPY) --strip-all $@.elf $@
endef

$(BUILD)/user/%.o: user/%.c $(BUILD)/flags
	$(compile-program)
$(BUILD)/tests/guest/%.o: tests/guest/%.c $(BUILD)/flags
	$(compile-program)
$(BUILD)/tests/bench/%.o: tests/bench/%.c $(BUILD)/flags
	$(compile-program)
# What the programs share with the kernel.
$(BUILD)/user/shared/%.o: lib/%.c $(BUILD)/flags
	$(compile-program)
$(BUILD)/user/libc.a: $(call objects,$(LIBC_SRCS)) \
		$(addprefix $(BUILD)/user/shared/,string.o vsnprintf.o)
	$(call say,AR)
	$(Q)rm -f $@; $(AR) rcsD $@ $^
LIBC	= $(BUILD)/user/libc.a user/user.ld

# What each program prints for --help: from its page in user/man, in a file that
# only changes when the page does.
HELP	= $(BUILD)/user/help
PAGES	= $(wildcard user/man/*.[0-9]) tools/manual tools/other_names.py
$(HELP)/made: $(PAGES) Makefile
	$(Q)$(PYTHON) tools/manual help $(HELP) $(PROGRAMS)
	@touch $@
$(patsubst %,$(HELP)/%.c,$(PROGRAMS)): $(HELP)/made ;
$(HELP)/%.o: $(HELP)/%.c $(BUILD)/flags
	$(compile-program)
$(BUILD)/pages: $(PAGES)
	$(Q)$(PYTHON) tools/manual pages $@
$(addprefix $(BUILD)/bin/,$(FOLDERS)): $(BUILD)/bin/%: \
		$$(call objects,$$(wildcard user/$$*/*.c)) $(HELP)/%.o $(LIBC)
	$(link-program)
$(BUILD)/bin/%: $(BUILD)/user/bin/%.o $(HELP)/%.o $(LIBC)
	$(link-program)
$(addprefix $(BUILD)/tests/,$(TEST_FOLDERS)): $(BUILD)/tests/%: \
		$$(call objects,$$(wildcard tests/guest/$$*/*.c)) $(LIBC)
	$(link-program)
$(GROWTH): $(call objects,$(wildcard tests/bench/*.c)) $(LIBC)
	$(link-program)
$(BUILD)/tests/%: $(BUILD)/tests/guest/%.o $(LIBC)
	$(link-program)

# ---- Images ----

IMAGE_DEPS = $(BUILD)/bootsect.bin $(BUILD)/setup.bin $(BUILD)/kernel.bin \
	$(addprefix $(BUILD)/bin/,$(PROGRAMS)) $(wildcard user/etc/*) \
	$(BUILD)/pages tools/mkfs tools/minixfs.py
MKFS	= $(PYTHON) tools/mkfs $(if $(SILENT),--quiet) \
	--boot $(BUILD)/bootsect.bin --setup $(BUILD)/setup.bin \
	--kernel $(BUILD)/kernel.bin --bin $(BUILD)/bin --etc user/etc \
	$(if $(SANITIZE),,--man $(BUILD)/pages)
ADD	= $(if $(OVERLAY),--overlay $(OVERLAY))
$(BUILD)/cowix.img: $(IMAGE_DEPS) $(BUILD)/overlay.name $(if $(OVERLAY),FORCE)
	$(Q)$(MKFS) $(ADD) -o $@ $(PROGRAMS)
# The hard disk: SIZE in MB (64), FS one of the names that tools/mkfs --help
# lists.
hd: $(IMAGE_DEPS)
	$(Q)$(MKFS) $(ADD) --disk $(or $(SIZE),64) --fs $(FS) \
		--params root=hda1 -o $(BUILD)/hd.img $(PROGRAMS)
	$(if $(SILENT),,@echo "make run-hd boots it")
# A disk with Debian's programs: tools/debian adds the tree and its size.
debian: $(IMAGE_DEPS)
	$(Q)$(PYTHON) tools/debian $(if $(SIZE),--size $(SIZE)) \
		$(if $(SUITE),--suite $(SUITE)) $(PACKAGES) -- $(MKFS) \
		--params root=hda1 -o $(BUILD)/debian.img $(PROGRAMS)
# Cowix builds Cowix: SHORT=1 builds one folder, tools/self has more options.
self: all $(if $(SHORT),,test-images)
	$(Q)sh tools/linux
	$(Q)$(PYTHON) tools/self $(if $(SHORT),--short) \
		$(if $(MEMORY),--memory $(MEMORY)) $(if $(SWAP),--swap $(SWAP))
# Each guest test on a floppy of its own: the base system and, in /tests, the
# program. Tests write files, so what is large and not for them is left out. The
# kernel with sanitizers is larger, so that more is.
NOT_FOR_TESTS = man vi $(if $(SANITIZE),awk date diff expr find login nl sed \
	stat strace touch)
TEST_IMAGES = $(patsubst %,$(BUILD)/tests/%.img,$(TESTS) $(TEST_FOLDERS)) \
	$(GROWTH).img
$(TEST_IMAGES): $(BUILD)/tests/%.img: $(BUILD)/tests/% $(IMAGE_DEPS)
	$(Q)$(MKFS) --tests $(BUILD)/tests -o $@ \
		$(filter-out $(NOT_FOR_TESTS),$(PROGRAMS)) tests/$*
test-images: $(TEST_IMAGES)
# The floppy of tools/lab grade, without what is large and not for tests: a
# lab's own are in the overlay.
$(BUILD)/grade.img: $(IMAGE_DEPS) FORCE
	$(Q)$(MKFS) $(ADD) --man "" -o $@ \
		$(filter-out $(NOT_FOR_TESTS),$(PROGRAMS))
SHORT_IMAGES = $(patsubst %,$(BUILD)/tests/%.img,cow process)
# The floppy of the page in web/: it waits at port 0xEC after each event of the
# trace, and has the program of the page's tour.
WEB_ROOT = $(BUILD)/web-root
$(WEB_ROOT)/bin/pages: $(BUILD)/user/web/pages.o $(LIBC)
	@mkdir -p $(@D)
	$(link-program)
	@rm $@.elf
$(BUILD)/web.img: $(IMAGE_DEPS) $(WEB_ROOT)/bin/pages
	$(Q)$(MKFS) --overlay $(WEB_ROOT) --params trace=step -o $@ $(PROGRAMS)

# ---- Wishes ----

run: all
	$(Q)sh tools/qemu
run-hd:
	$(Q)[ -f $(BUILD)/hd.img ] || $(MAKE) -s hd
	$(Q)sh tools/qemu hd
iso: all
	$(Q)sh tools/iso
debug: all
	$(Q)sh tools/qemu debug
console:
	$(Q)$(PYTHON) tools/console
bochs: all
	$(Q)sh tools/bochs/run
bochs-debug: all
	$(Q)sh tools/bochs/run debug
debug-program: all
	$(Q)COWIX_PROGRAM="$(or $(P),ls)" sh tools/qemu debug
bochs-cow: all
	$(Q)$(PYTHON) tools/bochs/cow
bochs-fault bochs-switch bochs-syscall bochs-power-on: bochs-%: all
	$(Q)$(PYTHON) tools/bochs/show $*
test: all $(if $(SHORT),$(SHORT_IMAGES),test-images $(BUILD)/web.img)
	$(if $(SHORT),,$(Q)sh tools/linux)
	$(Q)$(PYTHON) tools/test $(if $(SHORT),--short)
first-hour:
	$(Q)$(PYTHON) tools/first-hour $(SUITE)
grade:
	$(Q)$(PYTHON) tools/lab grade $(if $(HINTS),--hints $(HINTS))
labs: all
	$(Q)COWIX_LABS=all $(PYTHON) -m pytest -q -s tests/test_labs.py
mutants: all
	$(Q)$(PYTHON) tools/mutants
# All guest tests and the fuzzer in the kernel of SANITIZE=1, and sweeps of it.
sanitize:
	$(Q)$(MAKE) SANITIZE=1 all test-images
	$(Q)$(PYTHON) tools/sanitize
	$(Q)$(PYTHON) tools/fuzz -s $(SECONDS) -S $(SEED) \
		-f build/sanitize/tests/fuzz.img both64 user32 root32
# What sparse warns of, and nothing else: it takes u64 for 8 bytes wide also in
# a structure, so that sizes are not checked.
SPARSE	= sparse -Waddress-space -Wbitwise -Wcontext -Wno-non-pointer-null \
	-D__float128='long double' '-D_Static_assert(what, why)='
sparse: $(BUILD)/inc/version.h
	$(Q)for f in $(wildcard $(KERNEL_OBJS:.o=.c)); do \
		$(SPARSE) $(CFLAGS) $$f 2>&1; done | tee $(BUILD)/sparse
	@[ ! -s $(BUILD)/sparse ]
explore:
	$(Q)$(MAKE) -s -f tools/explore/Makefile BUILD=$(BUILD) CC="$(CC)"
	$(Q)$(BUILD)/explore/mm $(if $(DEEP),-a)
	$(Q)$(BUILD)/explore/pipes $(if $(DEEP),-a)
	$(Q)$(BUILD)/explore/waits $(if $(DEEP),-a)
	$(Q)$(BUILD)/explore/futexes $(if $(DEEP),-a)
fuzz: $(BUILD)/tests/fuzz.img
	$(Q)$(PYTHON) tools/fuzz -S $(SEED) \
		$(if $(CALLS),-j 2 -c $(CALLS),-s $(SECONDS))
# What make test tries some of.
FAULT_TESTS = $(addprefix tests/test_,every_request.py power_cuts.py)
faults: all $(BUILD)/tests/thrash
	$(Q)rm -f $(BUILD)/faults.txt
	$(Q)COWIX_FAULTS=each COWIX_CUTS=$(or $(CUTS),1000) $(PYTHON) \
		tools/test $(FAULT_TESTS)
	@sort $(BUILD)/faults.txt
# The programs that the steps of tools/soak run.
SOAK	= $(addprefix $(BUILD)/tests/,$(shell $(PYTHON) tools/soak_steps.py))
soak: all $$(SOAK)
	$(Q)$(PYTHON) tools/soak -H $(HOURS) -S $(SEED) -e $(EMULATOR)
trust:
	$(Q)$(PYTHON) tools/trust
fuzz-native:
	$(Q)$(PYTHON) tools/fuzz-native -s $(SECONDS) $(TARGET)
bench: all $(GROWTH).img
	$(Q)$(PYTHON) tools/bench -o $(BENCH)
	$(Q)$(PYTHON) tools/growth -o $(BENCH)
check-layers: $(OBJS)
	$(Q)$(PYTHON) tools/check-layers $(BUILD)
docs:
	$(Q)$(PYTHON) tools/syscalls
	$(Q)$(PYTHON) tools/manual docs
check-docs:
	$(Q)$(PYTHON) tools/check-docs
sessions: all
	$(Q)$(PYTHON) tools/sessions
pictures:
	$(Q)$(PYTHON) tools/pictures.py
check-style:
	$(Q)$(PYTHON) tools/check-style
# npm ci runs again when the lock file has changed.
web/node_modules/.package-lock.json: web/package-lock.json
	$(Q)cd web && npm ci --no-audit --no-fund $(if $(SILENT),--silent)
	@touch $@
web: all $(BUILD)/web.img web/node_modules/.package-lock.json
	$(Q)$(PYTHON) tools/web -o $(BUILD)/web
test-web: web
	$(Q)cd web && timeout -k 10 600 node --test test/page.test.js
screenshots: all
	$(Q)$(PYTHON) tools/screenshot docs/screenshot.png
book:
	$(Q)$(PYTHON) tools/book $(if $(HTML),--html)
compile-db: $(STRACE_NAMES) $(BUILD)/inc/version.h
	$(Q)$(PYTHON) tools/compile-db
clean:
	$(Q)rm -rf $(BUILD) compile_commands.json
FORCE:
.PHONY: all help hd debian self test-images run run-hd iso debug \
	console debug-program bochs bochs-debug bochs-cow bochs-fault \
	bochs-switch bochs-syscall bochs-power-on test first-hour mutants fuzz \
	fuzz-native faults sanitize sparse explore soak trust bench book \
	check-layers check-docs check-style compile-db docs sessions pictures \
	screenshots grade labs web test-web clean FORCE
.SECONDARY:
-include $(shell find $(BUILD) -name debian -prune -o -name self -prune -o \
	-path $(BUILD)/sanitize -prune -o -name '*.d' -print 2>/dev/null)
