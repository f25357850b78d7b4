"""Planted bugs in kernel/ itself, lib/, include/ and user/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "big_ids_are_roots",
        "bigids on_disk",
        (
            "include/cowix/inode.h",
            "return id > max ? max - 1 : id;",
            "\t(void)max;\n\treturn id;",
        ),
    ),
    Mutant(
        "files_as_root",
        "access file_ids",
        (
            "include/cowix/task.h",
            "return current->fsuid == 0;",
            "\treturn current->euid == 0;",
        ),
    ),
    Mutant(
        "fpu_given_up_early",
        "sleep_tasks fpu",
        (
            "kernel/fpu.c",
            "int error = current->fpu ? 0 : make_state(); if (!error) "
            "load_current();",
            "\tint error;\n"
            "\n"
            "\tclts();\n"
            "\tif (!current->fpu && fpu_owner)\n"
            "\t\tsave(fpu_owner->fpu), fpu_owner = NULL;\n"
            "\terror = current->fpu ? 0 : make_state();\n"
            "\tif (!error)\n"
            "\t\tload_current();",
        ),
    ),
    Mutant(
        "frstor_with_pending",
        "fpu pending",
        (
            "kernel/fpu.c",
            "fninit(); if (cpu_has_fxsr) fxrstor",
            "\tif (cpu_has_fxsr)\n\t\tfxrstor",
        ),
        emulator="bochs",
    ),
    Mutant(
        "vm86_call",
        "rings vm86",
        ("kernel/entry.asm", "REFUSE_VM86 vm86_entry sti", "\tsti\n"),
    ),
    Mutant(
        "vm86_interrupt",
        "rings vm86",
        ("kernel/trap_entry.asm", "REFUSE_VM86 .vm86", ""),
    ),
    Mutant(
        "vm86_fault",
        "rings vm86",
        (
            "kernel/trap_entry.asm",
            "SAVE_ALL REFUSE_VM86 vm86_entry mov eax, esp",
            "\tSAVE_ALL\n\tmov eax, esp",
        ),
    ),
    Mutant(
        "vm86_exception",
        "rings vm86",
        (
            "kernel/trap_entry.asm",
            "KERNEL_SEGMENTS REFUSE_VM86 vm86_entry",
            "\tKERNEL_SEGMENTS\n",
        ),
    ),
    Mutant(
        "iopl_from_frame",
        "rings frames",
        ("include/asm/system.h", "0x00050DD5u", "0x00053DD5u"),
    ),
    Mutant(
        "vm_from_tracer",
        "rings traced",
        ("include/asm/system.h", "0x00050DD5u", "0x00070DD5u"),
    ),
    Mutant(
        "fpu_does_not_wait",
        "patience first_fpu",
        (
            "kernel/traps.c",
            "while (fpu_restore_current() < 0 && await_memory(0)) ;",
            "\tif (fpu_restore_current() < 0)\n"
            "\t\tsend_fault_signal(SIGKILL, 0, 0);\n",
        ),
    ),
    Mutant(
        "noexec_not_inherited",
        "noexec inherited",
        (
            "include/cowix/mm.h",
            "#define VM_NEVER_EXEC 0x400",
            "#define VM_NEVER_EXEC\t0x80",
        ),
    ),
]
