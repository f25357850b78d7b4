"""The kernel's symbols, types and constants.

All of them come from the kernel's own file, and never from a program whose
symbols are loaded beside it. Plain "#define NAME number" lines are in no
debugging information, so they are read from the headers.
"""
import functools
import os
import re

import gdb

TOP = os.path.dirname(
    os.path.dirname(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    )
)
DEFINE = re.compile(
    r"^#define[ \t]+(\w+)[ \t]+(0[xX][0-9A-Fa-f]+|\d+)u?\b", re.M
)


class Missing(gdb.GdbError):
    """A symbol or a type that the kernel's file does not have."""


@functools.lru_cache(maxsize=None)
def kernel_file():
    """Returns gdb's object of build/kernel.elf."""
    for objfile in gdb.objfiles():
        if objfile.lookup_global_symbol("start_kernel"):
            return objfile
    raise Missing("The kernel's file is not loaded: file build/kernel.elf")


@functools.lru_cache(maxsize=None)
def constants(header):
    """Returns the plain constants of a header below include/."""
    with open(os.path.join(TOP, "include", header)) as file:
        found = DEFINE.findall(file.read())
    return {name: parse_number(number) for name, number in found}


def parse_number(text):
    """Returns the value of a number as C writes it."""
    octal = len(text) > 1 and text.isdigit() and text[0] == "0"
    return int(text, 8 if octal else 0)


@functools.lru_cache(maxsize=None)
def address_of(name, source=None):
    """Returns a variable's address; source tells statics of a name apart."""
    if source:
        return int(gdb.parse_and_eval(f"&'{source}'::{name}"))
    found = kernel_file().lookup_global_symbol(name)
    found = found or kernel_file().lookup_static_symbol(name)
    if not found:
        raise Missing(f"The kernel has no variable {name}.")
    return int(found.value().address)


@functools.lru_cache(maxsize=None)
def variable_type(name):
    found = kernel_file().lookup_global_symbol(name)
    return (found or kernel_file().lookup_static_symbol(name)).type


@functools.lru_cache(maxsize=None)
def struct_type(name):
    """Returns the type of struct or enum `name`."""
    found = kernel_file().lookup_static_symbol(name, gdb.SYMBOL_STRUCT_DOMAIN)
    if not found:
        raise Missing(f"The kernel has no type {name}.")
    return found.type.strip_typedefs()


@functools.lru_cache(maxsize=None)
def enum_names(name):
    """Returns the names of an enum's values by number."""
    fields = struct_type(name).fields()
    return {field.enumval: field.name for field in fields}


def page_size():
    return constants("asm/mmu.h")["PAGE_SIZE"]


def kernel_base():
    return constants("asm/mmu.h")["KERNEL_BASE"]


@functools.lru_cache(maxsize=None)
def function_at(pc):
    """Returns the name of the kernel function in which pc lies, or None."""
    text = gdb.execute(f"info symbol {pc:#x}", to_string=True)
    if text.startswith("No symbol"):
        return None
    return without_label(text.split(" ")[0])


def without_label(name):
    """Returns the function's name of a label in assembly. gdb may write
    system_call.call as system_call[call]."""
    return re.split(r"[.\[]", name)[0]


@functools.lru_cache(maxsize=None)
def source_at(pc):
    """Returns the source file of pc as it was compiled, or ''."""
    symtab = gdb.find_pc_line(pc).symtab
    return symtab.filename if symtab else ""


def symbol_at(address):
    """Returns the name of what lies exactly at an address, or ''."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True)
    if text.startswith("No symbol") or " + " in text:
        return ""
    return text.split(" ")[0]
