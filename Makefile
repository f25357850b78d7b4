# Cowix: the whole build. `make help` lists what one can wish for.

OVERLAY	?=
SIZE	?= 64
FS	?= minix3
OPT	?=
CC	= gcc
LD	= ld
NASM	= nasm
AR	= ar
PYTHON	= /usr/bin/python3
BUILD	= build
BENCH	= $(BUILD)

# Object files in reading order.
KERNEL_OBJS = boot/head.o \
	kernel/main.o kernel/pci.o kernel/params.o kernel/printk.o kernel/log.o kernel/panic.o kernel/backtrace.o \
	kernel/entry.o kernel/switch.o kernel/fixup.o kernel/traps.o kernel/gdt.o kernel/irq.o kernel/fpu.o kernel/task/tls.o kernel/sys_call_table.o kernel/sys_ni.o \
	kernel/plan.o kernel/task/task.o kernel/task/sched.o kernel/task/wait.o kernel/task/poll_wait.o kernel/time/tick.o kernel/task/priority.o kernel/task/rlimit.o kernel/time/timer.o kernel/time/itimer.o kernel/time/time.o kernel/time/clock.o kernel/time/loadavg.o kernel/task/futex.o \
	kernel/task/fork.o kernel/task/clone.o kernel/task/stack.o kernel/task/pid.o kernel/task/threads.o kernel/task/exit.o kernel/task/waitpid.o kernel/task/orphans.o kernel/signal/signal.o kernel/signal/sigqueue.o kernel/signal/sigaction.o kernel/signal/sigframe.o kernel/task/ptrace.o kernel/task/cred.o kernel/task/access.o kernel/task/sys.o kernel/uname.o \
	kernel/random.o \
	kernel/time/deadline.o kernel/task/prctl.o \
	lib/list.o lib/hash.o lib/string.o lib/vsprintf.o \
	mm/ram.o mm/frames.o mm/owners.o mm/oom.o mm/swap/reclaim.o mm/swap/swap.o mm/swap/swap_entry.o mm/swap/swapoff.o kernel/debug/fail.o mm/kmalloc.o mm/paging.o mm/area.o mm/table.o mm/space.o mm/mapping.o mm/madvise.o mm/mlock.o mm/memory.o mm/pages.o mm/fault.o mm/uaccess_asm.o mm/uaccess.o kernel/debug/audit.o kernel/debug/recount.o kernel/debug/trace.o kernel/debug/watch.o \
	fs/exec.o fs/elf.o fs/init.o fs/caches.o fs/super.o fs/mounts.o fs/mount.o fs/root.o fs/filesystems.o fs/inode.o fs/namei.o fs/name_cache.o fs/target.o fs/namei_ops.o fs/rename.o fs/open.o fs/attr.o fs/file_table.o fs/fcntl.o fs/locks.o \
	fs/read_write.o fs/readv.o fs/sync.o fs/select.o fs/filemap.o fs/swapon.o \
	fs/exec_args.o fs/exec_script.o fs/stat.o fs/readdir.o fs/fs_struct.o fs/pipe.o fs/devices.o fs/buffer.o fs/page_cache.o fs/page_io.o \
	fs/tmpfs/tmpfs.o fs/tmpfs/tmpfs_dir.o fs/tmpfs/tmpfs_options.o fs/devpts.o fs/seq.o fs/proc/proc.o fs/proc/proc_dir.o fs/proc/proc_link.o fs/proc/proc_system.o fs/proc/proc_sys.o fs/proc/proc_task.o fs/proc/proc_memory.o \
	fs/minix/minix_format.o fs/minix/minix_super.o fs/minix/minix_bitmap.o fs/minix/minix_inode.o fs/minix/minix_truncate.o fs/minix/minix_dir.o fs/minix/minix_entry.o \
	kernel/blk_drv/ll_rw_blk.o kernel/blk_drv/ramdisk.o kernel/blk_drv/fdc.o kernel/blk_drv/floppy_format.o kernel/blk_drv/floppy_probe.o kernel/blk_drv/floppy_buffer.o kernel/blk_drv/floppy.o kernel/blk_drv/ide.o kernel/blk_drv/hd_probe.o kernel/blk_drv/hd.o kernel/blk_drv/partition.o \
	kernel/chr_drv/tty.o kernel/chr_drv/tty_ioctl.o kernel/chr_drv/ldisc.o kernel/chr_drv/console.o kernel/chr_drv/vt.o kernel/chr_drv/vt_attributes.o \
	kernel/chr_drv/keyboard.o kernel/chr_drv/serial.o kernel/chr_drv/pty.o

# Compiled for speed: what runs in each fault, switch and call of the
# benchmarks (make bench). All the rest is compiled for size, since a kernel
# of -O2 alone is larger than 224 KB. OPT=-O0 and the like hold for all.
FAST	= $(addprefix mm/,frames kmalloc table memory pages fault uaccess) \
	$(addprefix kernel/task/,sched wait fork) \
	$(addprefix fs/,namei name_cache inode file_table read_write page_cache \
	page_io buffer pipe open minix/%)

LIBC_SRCS = $(wildcard user/lib/*.c user/lib/*.asm user/common/*.c)
FOLDERS	= sed find diff sh vi strace login
PROGRAMS = $(patsubst user/bin/%.c,%,$(wildcard user/bin/*.c)) $(FOLDERS)
TESTS	= $(patsubst tests/guest/%.c,%,$(wildcard tests/guest/*.c))
TEST_FOLDERS = fuzz

# Flags that not every compiler has are tried first.
cc-option = $(shell $(CC) -m32 -Werror $(1) -S -o - -x c /dev/null >/dev/null 2>&1 && echo "$(1)")
COMMON	= -m32 -march=i486 -std=gnu11 -g -Wall -Wextra -ffreestanding -nostdinc -fno-pic -fno-stack-protector \
	-fno-strict-aliasing -fno-asynchronous-unwind-tables \
	$(call cc-option,-fno-pie) $(call cc-option,-fcf-protection=none) $(call cc-option,--param=min-pagesize=0) \
	-isystem $(shell $(CC) -m32 -print-file-name=include) $(if $(CI)$(WERROR),-Werror)
# Frame pointers, so that a debugger and panic() find each caller.
CFLAGS	:= $(COMMON) -mtune=generic -mgeneral-regs-only -fno-omit-frame-pointer -fno-common \
	$(call cc-option,-mpreferred-stack-boundary=2) \
	$(call cc-option,-Wframe-larger-than=640) -Iinclude -I. -I$(BUILD)/inc
USER_CFLAGS := $(COMMON) -Os -fno-math-errno -ffunction-sections -fdata-sections -fomit-frame-pointer -fno-builtin \
	$(call cc-option,-mpreferred-stack-boundary=2) -Iuser/lib/include -Iuser/common -Iinclude
LDFLAGS	= -m elf_i386 -nostdlib -z noexecstack --orphan-handling=error \
	$(shell $(LD) --no-warn-rwx-segments -v >/dev/null 2>&1 && echo --no-warn-rwx-segments)
# What the compiler calls for a 64-bit division.
LIBGCC	:= $(shell $(CC) -m32 -print-libgcc-file-name)
OBJS	= $(addprefix $(BUILD)/,$(KERNEL_OBJS))

all: $(BUILD)/cowix.img $(BUILD)/kernel.sym $(BUILD)/System.map

help:
	@echo 'make [OVERLAY=dir]   build/cowix.img, with the files below dir added'
	@echo 'make hd [OVERLAY=dir] [SIZE=MB] [FS=minix3]   build/hd.img, a hard disk that boots, with the files below dir added'
	@echo 'make run             boot it in QEMU: a window, or this terminal when there is no display'
	@echo 'make bochs           boot it in Bochs        make bochs-debug   the same, stopped in its debugger'
	@echo 'make bochs-cow       one copy-on-write fault in Bochs, before and after, unattended'
	@echo 'make debug           QEMU stopped at the first instruction, gdb attached'
	@echo 'make mutants         planted bugs, each of which a test must catch'
	@echo 'make test            every test              make bench         the instruction counts: table, build/bench.csv, plots'
	@echo 'make fuzz            the kernel fuzzer, for SECONDS=60 from SEED=1 on'
	@echo 'make check-layers    no arrow between object files goes up, no circle is large'
	@echo 'make check-style     80 columns, short functions and files, plain sentences'
	@echo 'make check-docs      every file and function that a document names exists'

# Constants that assembly shares with C: plain "#define NAME number" lines, and offsets into structures.
INCS	= $(addprefix $(BUILD)/inc/,mmu.inc segment.inc errno.inc boot_params.inc unistd.inc offsets.inc traps.inc irq.inc plan.inc) \
	include/asm/fixup.inc
$(BUILD)/inc/%.inc: include/asm/%.h
	@mkdir -p $(@D); sed -nE 's/^#define[ \t]+([A-Z0-9_a-z]+)[ \t]+(0x[0-9A-Fa-f]+|[0-9]+)([ \t].*)?$$/%define \1 \2/p' $< > $@
$(BUILD)/inc/%.inc: include/abi/%.h
	@mkdir -p $(@D); sed -nE 's/^#define[ \t]+([A-Z0-9_a-z]+)[ \t]+(0x[0-9A-Fa-f]+|[0-9]+)([ \t].*)?$$/%define \1 \2/p' $< > $@
$(BUILD)/inc/%.inc: include/cowix/%.h
	@mkdir -p $(@D); sed -nE 's/^#define[ \t]+([A-Z0-9_a-z]+)[ \t]+(0x[0-9A-Fa-f]+|[0-9]+)([ \t].*)?$$/%define \1 \2/p' $< > $@
$(BUILD)/inc/offsets.inc: kernel/asm-offsets.c $(wildcard include/*/*.h)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -O2 -S -o $(BUILD)/asm-offsets.s $<
	sed -nE 's/.*->([A-Z_]+) [$$]?(-?[0-9]+).*/%define \1 \2/p' $(BUILD)/asm-offsets.s > $@

# Lists of names by number, for strace: "#define PREFIXname number" lines of a header as [number] = "name". Of two names the first is taken.
NAMES = awk '/^\#define/ && index($$2, prefix) == 1 && $$3 ~ /^[0-9]+$$/ && !seen[$$3]++ \
	{ print "[" $$3 "] = \"" substr($$2, length(cut) + 1) "\"," }'
$(BUILD)/names/call_names.h: include/abi/unistd.h
	@mkdir -p $(@D); $(NAMES) prefix=__NR_ cut=__NR_ $< > $@
$(BUILD)/names/error_names.h: include/abi/errno.h
	@mkdir -p $(@D); $(NAMES) prefix=E cut= $< > $@
$(BUILD)/names/signal_names.h: include/abi/signal.h
	@mkdir -p $(@D); sed '/SIG_/d' $< | $(NAMES) prefix=SIG cut=SIG > $@
$(BUILD)/user/strace/calls.o $(BUILD)/user/strace/flags.o: USER_CFLAGS += -I$(BUILD)/names
$(BUILD)/user/strace/calls.o $(BUILD)/user/strace/flags.o: $(addprefix $(BUILD)/names/,call_names.h error_names.h signal_names.h)

# The kernel is linked twice: the second time with the table of its own functions, which panic() uses.
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(or $(OPT),$(if $(filter $(FAST),$*),-O2,-Os)) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: %.asm $(INCS)
	@mkdir -p $(@D)
	$(NASM) -f elf32 -g -F dwarf -I$(BUILD)/inc/ -Iinclude/asm/ -o $@ $<
$(BUILD)/mm/uaccess_asm.o: mm/uaccess.asm $(INCS)
	@mkdir -p $(@D)
	$(NASM) -f elf32 -g -F dwarf -I$(BUILD)/inc/ -Iinclude/asm/ -o $@ $<
$(BUILD)/kernel.elf: $(OBJS) kernel/kernel.ld tools/ksyms
	$(PYTHON) tools/ksyms > $(BUILD)/ksyms0.asm < /dev/null
	$(NASM) -f elf32 -o $(BUILD)/ksyms0.o $(BUILD)/ksyms0.asm
	$(LD) $(LDFLAGS) -T kernel/kernel.ld -o $(BUILD)/kernel0.elf $(OBJS) $(BUILD)/ksyms0.o $(LIBGCC)
	nm -n $(BUILD)/kernel0.elf | $(PYTHON) tools/ksyms > $(BUILD)/ksyms.asm
	$(NASM) -f elf32 -o $(BUILD)/ksyms.o $(BUILD)/ksyms.asm
	$(LD) $(LDFLAGS) -T kernel/kernel.ld -Map $(BUILD)/kernel.map -o $@ $(OBJS) $(BUILD)/ksyms.o $(LIBGCC)
	@nm $(BUILD)/kernel0.elf | grep ' [tT] ' | sort > $(BUILD)/text0; nm $@ | grep ' [tT] ' | sort | cmp - $(BUILD)/text0
$(BUILD)/kernel.bin: $(BUILD)/kernel.elf
	objcopy -O binary $< $@
	@echo "kernel as loaded: `stat -c %s $@` bytes"
$(BUILD)/kernel.sym: $(BUILD)/kernel.elf
	nm -n $< | awk '{ print $$1 " " $$3 }' > $@
$(BUILD)/System.map: $(BUILD)/kernel.elf
	nm -n $< > $@
$(BUILD)/kernel.asm: $(BUILD)/kernel.elf
	objdump -dS $< > $@

# Boot sector and setup; a boot sector that is too long is an error with the number of bytes.
$(BUILD)/%.bin: boot/%.asm $(INCS)
	@mkdir -p $(@D)
	$(NASM) -f bin -I$(BUILD)/inc/ -Iinclude/asm/ -o $@ $<

# Programs: a small static library and one source file (or folder) each.
LIBC_OBJS = $(addprefix $(BUILD)/,$(addsuffix .o,$(basename $(LIBC_SRCS))))
$(BUILD)/user/%.o: user/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/guest/%.o: tests/guest/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/user/libc.a: $(LIBC_OBJS)
	rm -f $@; $(AR) rcsD $@ $^
USER_LD = $(LD) $(LDFLAGS) --gc-sections -z max-page-size=4096 -T user/user.ld
.SECONDEXPANSION:
$(addprefix $(BUILD)/bin/,$(FOLDERS)): $(BUILD)/bin/%: $$(addprefix $(BUILD)/,$$(addsuffix .o,$$(basename $$(wildcard user/$$*/*.c)))) \
		$(BUILD)/user/libc.a user/user.ld
	@mkdir -p $(@D)
	$(USER_LD) -o $@.elf $(filter %.o,$^) $(BUILD)/user/libc.a $(LIBGCC) && objcopy --strip-all $@.elf $@
$(BUILD)/bin/%: $(BUILD)/user/bin/%.o $(BUILD)/user/libc.a user/user.ld
	@mkdir -p $(@D)
	$(USER_LD) -o $@.elf $(filter %.o,$^) $(BUILD)/user/libc.a $(LIBGCC) && objcopy --strip-all $@.elf $@
$(addprefix $(BUILD)/tests/,$(TEST_FOLDERS)): $(BUILD)/tests/%: \
		$$(addprefix $(BUILD)/,$$(addsuffix .o,$$(basename \
		$$(wildcard tests/guest/$$*/*.c)))) \
		$(BUILD)/user/libc.a user/user.ld
	@mkdir -p $(@D)
	$(USER_LD) -o $@.elf $(filter %.o,$^) $(BUILD)/user/libc.a $(LIBGCC) && objcopy --strip-all $@.elf $@
$(BUILD)/tests/%: $(BUILD)/tests/guest/%.o $(BUILD)/user/libc.a user/user.ld
	@mkdir -p $(@D)
	$(USER_LD) -o $@.elf $(filter %.o,$^) $(BUILD)/user/libc.a $(LIBGCC) && objcopy --strip-all $@.elf $@

# The floppy.
IMAGE_DEPS = $(BUILD)/bootsect.bin $(BUILD)/setup.bin $(BUILD)/kernel.bin $(addprefix $(BUILD)/bin/,$(PROGRAMS)) \
	$(wildcard user/etc/*) tools/mkfs tools/minixfs.py
MKFS = $(PYTHON) tools/mkfs --boot $(BUILD)/bootsect.bin --setup $(BUILD)/setup.bin --kernel $(BUILD)/kernel.bin \
	--bin $(BUILD)/bin --etc user/etc
$(BUILD)/cowix.img: $(IMAGE_DEPS) $(BUILD)/overlay.name $(if $(OVERLAY),FORCE)
	$(MKFS) $(if $(OVERLAY),--overlay $(OVERLAY)) -o $@ $(PROGRAMS)
$(BUILD)/overlay.name: FORCE
	@mkdir -p $(@D); echo '$(OVERLAY)' | cmp -s - $@ || echo '$(OVERLAY)' > $@
# The hard disk: SIZE in MB, FS one of the names that tools/mkfs --help lists.
hd: $(IMAGE_DEPS)
	$(MKFS) $(if $(OVERLAY),--overlay $(OVERLAY)) --disk $(SIZE) --fs $(FS) --params root=hda1 -o $(BUILD)/hd.img $(PROGRAMS)
# Each guest test on a floppy of its own: the base system and, in /tests, the
# program.
TEST_IMAGES = $(patsubst %,$(BUILD)/tests/%.img,$(TESTS) $(TEST_FOLDERS))
$(TEST_IMAGES): $(BUILD)/tests/%.img: $(BUILD)/tests/% $(IMAGE_DEPS)
	$(MKFS) --tests $(BUILD)/tests -o $@ $(PROGRAMS) tests/$*
test-images: $(TEST_IMAGES)

run: all
	sh tools/qemu
debug: all
	sh tools/qemu debug
bochs: all
	sh tools/bochs/run
bochs-debug: all
	sh tools/bochs/run debug
bochs-cow: all
	$(PYTHON) tools/bochs/cow
test: all test-images
	sh tools/linux
	$(PYTHON) -m pytest -q $(shell $(PYTHON) -c 'import xdist' 2>/dev/null && echo '-n '$$((2 * $$(nproc)))' --dist loadgroup') tests
bench: all
	$(PYTHON) tools/bench -o $(BENCH)
mutants: all
	$(PYTHON) tools/mutants
# How long, and the first seed; tools/fuzz has more options.
SECONDS	?= 60
SEED	?= 1
fuzz: $(BUILD)/tests/fuzz.img
	$(PYTHON) tools/fuzz -s $(SECONDS) -S $(SEED)
check-layers: $(OBJS)
	$(PYTHON) tools/check-layers $(BUILD)
check-docs:
	$(PYTHON) tools/check-docs
check-style:
	$(PYTHON) tools/check-style
clean:
	rm -rf $(BUILD)
FORCE:
.PHONY: all help hd test-images run debug bochs bochs-debug bochs-cow test bench mutants fuzz check-layers check-docs check-style \
	clean FORCE
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
