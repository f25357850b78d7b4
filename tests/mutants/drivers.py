"""Planted bugs in drivers: kernel/blk_drv/, kernel/chr_drv/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "anybody_types",
        "access typing",
        (
            "kernel/chr_drv/tty_ioctl.c",
            "if (!suser()) return -EIO;",
            "\tif (0)\n\t\treturn -EIO;",
        ),
    ),
    Mutant(
        "pty_number_early",
        "sleep_terms masters",
        (
            "kernel/chr_drv/pty.c",
            "int error = alloc_pages(&pty, &input); /* may sleep */ if (error) "
            "return error; while (n < NR_PTYS && ptys[n]) n++;",
            "\tint error;\n"
            "\n"
            "\twhile (n < NR_PTYS && ptys[n])\n"
            "\t\tn++;\n"
            "\terror = alloc_pages(&pty, &input);\n"
            "\tif (error)\n"
            "\t\treturn error;\n",
        ),
    ),
    Mutant(
        "pty_of_root",
        "tty_owner owner",
        ("kernel/chr_drv/pty.c", ".uid = current->euid,", ".uid = 0,"),
    ),
    Mutant(
        "pty_open_to_all",
        "tty_owner owner",
        ("kernel/chr_drv/pty.c", "#define MODE 0620", "#define MODE\t\t0666"),
    ),
    Mutant(
        "pty_ino_again",
        "tty_owner again",
        (
            "kernel/chr_drv/pty.c",
            ".ino = FIRST_INO + made,",
            ".ino = FIRST_INO + n,",
        ),
    ),
    Mutant(
        "restored_cursor_wraps",
        "test_console.py::test_as_on_linux",
        (
            "kernel/chr_drv/vt.c",
            "c->cursor = c->saved; go_to(c, c->cursor.row, c->cursor.column);",
            "\tc->cursor = c->saved;",
        ),
    ),
    Mutant(
        "erased_line_wraps",
        "test_console.py::test_as_on_linux",
        (
            "kernel/chr_drv/vt.c",
            "default: return; } c->cursor.wrap_pending = false;",
            "\t}",
        ),
    ),
    Mutant(
        "shift_out_to_letters",
        "test_console.py::test_as_on_linux",
        ("kernel/chr_drv/vt.c", "c->cursor.graphics[1] = true;", ""),
    ),
    Mutant(
        "floppy_largest_believed",
        "test_floppy.py::test_reading[qemu-720]",
        (
            "kernel/blk_drv/floppy_probe.c",
            "if (readable) probe.beyond = true;",
            "\tif (1)\n\t\tprobe.beyond = true;",
        ),
    ),
    Mutant(
        "floppy_more_sectors",
        "test_floppy.py::test_other_formats_are_refused[1680]",
        (
            "kernel/blk_drv/floppy_probe.c",
            "if (readable) floppy_unusable(d);",
            "\t\tif (0)\n\t\t\tfloppy_unusable(d);",
        ),
    ),
    Mutant(
        "floppy_change_unseen",
        "test_floppy.py::test_changed_disk",
        (
            "kernel/blk_drv/floppy.c",
            "drives[drive].calibrated = drives[drive].verified = false;",
            "\tdrives[drive].calibrated = false;",
        ),
    ),
    Mutant(
        "floppy_other_format_taken",
        "test_floppy.py::test_other_format_under_way",
        (
            "kernel/blk_drv/floppy_probe.c",
            "if (d->format && d->format != format && !opening) {",
            "\tif (0) {",
        ),
    ),
    Mutant(
        "pty_lost",
        "owners terminals",
        (
            "kernel/chr_drv/pty.c",
            "NULL; kpage_free(pty->slave.input); kpage_free(pty);",
            "NULL;\n\tkpage_free(pty->slave.input);",
        ),
        says="owner tty",
    ),
    Mutant(
        "pty_input_lost",
        "owners terminals",
        (
            "kernel/chr_drv/pty.c",
            "NULL; kpage_free(pty->slave.input); kpage_free(pty);",
            "NULL;\n\tkpage_free(pty);",
        ),
        says="owner tty",
    ),
    Mutant(
        "tty_old_mark",
        "tty_long many_lines",
        (
            "kernel/chr_drv/ldisc.c",
            "else bit_clear(tty->marks, i);",
            "",
        ),
    ),
    Mutant(
        "ramdisk_page_lost",
        "owners sum",
        (
            "kernel/blk_drv/ramdisk.c",
            "frames[i] = kpage_alloc(OWNER_RAMDISK);",
            "\t\tkpage_alloc(OWNER_RAMDISK), frames[i] = "
            "kpage_alloc(OWNER_RAMDISK);",
        ),
        says="owner ramdisk",
        emulator="bochs",  # there the kernel reads the ramdisk
    ),
    Mutant(
        "driver_page_lost",
        "owners sum",
        (
            "kernel/blk_drv/hd_probe.c",
            "channels[i].prds = kpage_alloc(OWNER_DRIVER);",
            "kpage_alloc(OWNER_DRIVER), channels[i].prds = "
            "kpage_alloc(OWNER_DRIVER);",
        ),
        says="owner driver",
    ),
    Mutant(
        "begun_one_by_one",
        "test_readahead.py::test_few_transfers",
        (
            "kernel/blk_drv/ll_rw_blk.c",
            "enqueue_request(q, rq); irq_restore(flags);",
            "\tenqueue_request(q, rq);\n"
            "\tkick(MAJOR(rq->dev));\n"
            "\tirq_restore(flags);",
        ),
    ),
    Mutant(
        "inode_table_not_ahead",
        "test_readahead.py::test_few_transfers",
        (
            "fs/minix/minix_inode.c",
            "#define TABLE_AHEAD 16u",
            "#define TABLE_AHEAD\t1u",
        ),
    ),
    Mutant(
        "ended_at_once_recurses",
        "test_failing_disks.py::test_bad_sector_on_the_floppy",
        (
            "kernel/blk_drv/ll_rw_blk.c",
            "if (q->kicking) /* called by end_request() */ return;",
            "",
        ),
    ),
]
