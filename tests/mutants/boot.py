"""Planted bugs on the way from power-on to the root file system."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "zone_map_off_by_one",
        "test_boot_media.py::test_every_block",
        (
            "boot/ramdisk.inc",
            "inc ax				; bit 0 stands for no block",
            "",
        ),
    ),
    Mutant(
        "kernel_copied_too_low",
        "test_boot_media.py::test_every_block",
        ("boot/ramdisk.inc", "add ax, SETUP_SIZE / BLOCK", ""),
    ),
    Mutant(
        "ramdisk_frames_free",
        "test_boot_media.py::test_memory",
        ("mm/ram.c", "reserve_ramdisk(); add_ranges(", "\tadd_ranges("),
    ),
    Mutant(
        "tables_over_ramdisk",
        "test_boot_media.py::test_memory",
        (
            "mm/ram.c",
            "if (at < boot_ramdisk_end && at + size > boot_ramdisk)",
            "\tif (0)",
        ),
    ),
    Mutant(
        "any_floppy_is_the_origin",
        "test_boot_media.py::test_other_floppy",
        (
            "kernel/blk_drv/ramdisk.c",
            "memcmp(buffer, frames[i], PAGE_SIZE) == 0",
            "\t\t       true",
        ),
    ),
    Mutant(
        "module_without_end",
        "test_boot_media.py::test_kernel_with_too_much",
        ("boot/multiboot.asm", "mov eax, [esi + 4]", "\tmov eax, [esi]"),
    ),
    Mutant(
        "fewer_tried_again",
        "test_every_request.py::test_each_request_fails"
        "[sectors-boot from a disk]",
        ("boot/disk.inc", "mov byte [count], 1", "\tnop"),
    ),
    Mutant(
        "ramdisk_from_the_first",
        "test_power_cuts.py::test_fresh_files_of_the_ramdisk",
        (
            "kernel/blk_drv/ramdisk.c",
            "write_range(&w, min_u32(HEAD, nr_blocks), nr_blocks);",
            "",
        ),
        (
            "kernel/blk_drv/ramdisk.c",
            "write_range(&w, 0, min_u32(HEAD, nr_blocks));",
            "\twrite_range(&w, 4, nr_blocks);\n"
            "\twrite_range(&w, 0, 4);",
        ),
    ),
]
