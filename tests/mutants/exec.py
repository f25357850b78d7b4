"""Planted bugs in the loading of programs and their interpreters."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "path_without_end",
        "elf_files interpreter_headers",
        ("fs/elf.c", "if (path[n - 1]) return -ENOEXEC;", ""),
    ),
    Mutant(
        "interpreter_left_out",
        "interpreters vector",
        (
            "fs/elf.c",
            "p->start = image.header->e_entry + image.bias;",
            "",
        ),
        sample=True,
    ),
    Mutant(
        "base_not_told",
        "interpreters base",
        ("fs/elf.c", "p->interpreter_base = image.bias;", ""),
    ),
    Mutant(
        "bias_not_aligned",
        "elf_files aligned_programs",
        (
            "fs/elf.c",
            "(place - image->first + mask) & ~mask",
            "place - image->first",
        ),
    ),
    Mutant(
        "sizes_with_alignment_wrap",
        "elf_files aligned_programs",
        ("fs/elf.c", "image->align > ALIGN_MAX ||", ""),
    ),
    Mutant(
        "secret_interpreter_is_seen",
        "interpreters secret_interpreter",
        (
            "fs/exec.c",
            "p->mm->dumpable &= permission(inode, R_OK) == 0;",
            "",
        ),
    ),
    Mutant(
        "interpreter_stays_busy",
        "interpreters busy_files",
        ("fs/exec.c", "if (inode) close_program(inode);", ""),
    ),
    Mutant(
        "running_file_is_written",
        "interpreters busy_files",
        (
            "fs/elf.c",
            "u32 flags = VM_PROGRAM;",
            "\tu32 flags = 0;",
        ),
    ),
    Mutant(
        "headers_leak_with_bad_segments",
        "elf_files spoilt_programs",
        (
            "fs/elf.c",
            "error = map_main(p, &image); close_image(&image); return error;",
            "\t\terror = map_main(p, &image);\n"
            "\tif (!error)\n"
            "\t\tclose_image(&image);\n"
            "\treturn error;",
        ),
    ),
    Mutant(
        "stack_not_executable_unless_asked",
        "interpreters stacks",
        (
            "fs/elf.c",
            "p->stack_exec = !stack || stack->p_flags & PF_X;",
            "\tp->stack_exec = stack && stack->p_flags & PF_X;",
        ),
    ),
    Mutant(
        "bss_looks_like_file",
        "procfs_task maps",
        (
            "fs/proc/proc_task.c",
            "part->end = min_u32(area->end, PAGE_ROUND_UP(area->file_end));",
            "\t\tpart->end = area->end;",
        ),
    ),
    Mutant(
        "program_is_its_interpreter",
        "interpreters program_above",
        (
            "fs/proc/proc_task.c",
            "area_above(mm, mm->start_code)",
            "area_above(mm, 0)",
        ),
    ),
]
