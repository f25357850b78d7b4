"""Planted bugs in the rest of fs/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "half_a_pipe",
        "closing half_a_pipe",
        (
            "fs/file_table.c",
            "} while (!is_lowest(fd[0], 0) || !is_lowest(fd[1], fd[0] + 1));",
            "\t} while (0);",
        ),
    ),
    Mutant(
        "full_chunk_unnoticed",
        "descriptors lowest",
        (
            "include/cowix/file.h",
            "chunk->open |= bit; if (chunk->open == ~0u) "
            "fd_turn_full(files, fd);",
            "\tchunk->open |= bit;",
        ),
    ),
    Mutant(
        "half_a_table_kept",
        "sweep_calls descriptors",
        (
            "fs/fd_table.c",
            "fd_table_free(files); return NULL;",
            "\t\tkfree(files);\n\t\treturn NULL;",
        ),
    ),
    Mutant(
        "chunk_made_twice",
        "sleep_descriptors growing",
        (
            "fs/fd_table.c",
            "if (fd_has_room(files, fd)) {",
            "\tif (0) {",
        ),
        sample=True,
    ),
    Mutant(
        "copy_of_a_smaller_table",
        "sleep_descriptors growing_below",
        ("fs/fd_table.c", "} while (made);", "\t} while (0);"),
    ),
    Mutant(
        "free_descriptor_not_looked_at_again",
        "sleep_descriptors growing",
        (
            "fs/file_table.c",
            "} while (fd_make_room(files, fd) == 0);",
            "\t\tif (fd_make_room(files, fd) == 0)\n"
            "\t\t\treturn fd;\n"
            "\t} while (0);",
        ),
    ),
    Mutant(
        "new_descriptor_closed_by_exec",
        "descriptors scattered",
        ("include/cowix/file.h", "chunk->close_on_exec &= ~bit;", ""),
    ),
    Mutant(
        "select_beyond_n",
        "descriptors selected",
        ("fs/select.c", "cut_sets(&sets, n);", "\t\t(void)cut_sets;"),
    ),
    Mutant(
        "asked_files_not_held",
        "sleep_descriptors closed_meanwhile",
        (
            "fs/ask.c",
            "if (current->files->users == 1) return current->files;",
            "\tif (current->files->users)\n\t\treturn current->files;",
        ),
    ),
    Mutant(
        "readonly_but_for_some",
        "sleep_remount readonly",
        ("fs/mount.c", "await_inodes(sb);", ""),
    ),
    Mutant(
        "shared_page_freed_at_exec",
        "process exec_arguments",
        (
            "fs/exec.c",
            "if (old) mm_release(old);",
            "\tif (old) {\n"
            "\t\tpage_of(PTE_FRAME(*find_pte(old, 0x08048000)))->count = 1;\n"
            "\t\tmm_release(old);\n"
            "\t}",
        ),
    ),
    Mutant(
        "memory_lost_at_failed_exec",
        "sweep_exec exec script",
        ("fs/exec.c", "if (p->mm) mm_release(p->mm);", ""),
        sample=True,
    ),
    Mutant(
        "vector_tells_old_identity",
        "setuid given",
        (
            "fs/exec.c",
            "tell_identity(p, exec_credentials(&p->identity, p->inode, "
            "p->mm));",
            "\ttell_identity(p, false);\n"
            "\texec_credentials(&p->identity, p->inode, p->mm);",
        ),
    ),
    Mutant(
        "replaced_name_leaks",
        "exec long_own_name",
        ("fs/exec_args.c", "if (p->lowest < start)", "\tif (0)"),
    ),
    Mutant(
        "argument_pages_leak",
        "exec long_arguments",
        (
            "fs/exec_args.c",
            "move_area_start(p->mm, stack, start);",
            "\tmove_area_start(p->mm, stack, STACK_TOP - PAGE_SIZE);",
        ),
    ),
    Mutant(
        "parting_signal_outlives_exec",
        "setuid parting_signal",
        ("fs/exec.c", "forget_exit_signals(); vfork", "\tvfork"),
    ),
    Mutant(
        "unreadable_text_is_read",
        "access unreadable",
        (
            "fs/exec.c",
            "p->mm->dumpable = permission(p->inode, R_OK) == 0;",
            "\tp->mm->dumpable = true;",
        ),
    ),
    Mutant(
        "pipe_page_found_late",
        "sleep_pipes empty_pipe",
        (
            "fs/pipe.c",
            "pipe->copying = true; /* first: finding a page may sleep */ if "
            "(!*slot) *slot = kpage_alloc(OWNER_PIPE);",
            "\tif (!*slot)\n"
            "\t\t*slot = kpage_alloc(OWNER_PIPE);\n"
            "\tpipe->copying = true;\n",
        ),
        sample=True,
    ),
    Mutant(
        "fifo_made_twice",
        "sleep_pipes fifos",
        (
            "fs/pipe.c",
            "if (inode->i_pipe) { /* perhaps",
            "\tif (!pipe) {\t\t/* perhaps",
        ),
    ),
    Mutant(
        "poll_asks_once",
        "sleep_pipes waiting",
        (
            "fs/ask.c",
            "else if (sleep.pages && !looked_again)",
            "else if (0)",
        ),
    ),
    Mutant(
        "edge_stays_ready",
        "epolls edges",
        (
            "fs/epoll_wait.c",
            "if (!(in->events & (EPOLLONESHOT | EPOLLET)))",
            "if (!(in->events & EPOLLONESHOT))",
        ),
    ),
    Mutant(
        "oneshot_stays_armed",
        "epolls oneshots",
        (
            "fs/epoll_wait.c",
            "in->events &= HOW_BITS;",
            "in->events |= 0;",
        ),
    ),
    Mutant(
        "reader_makes_edges",
        "epolls edges",
        (
            "fs/epoll.c",
            "if (events & in->events & ~HOW_BITS)",
            "if (in->events & ~HOW_BITS)",
        ),
    ),
    Mutant(
        "report_looks_once",
        "sleep_epoll levels",
        (
            "fs/epoll_wait.c",
            "if (ep->changes != changes)",
            "if (0)",
        ),
    ),
    Mutant(
        "mounted_on_nothing",
        "sleep_system mounting",
        ("fs/mount.c", "if (covered->i_nlink == 0) return -ENOENT;", ""),
    ),
    Mutant(
        "mount_point_removed",
        "sleep_system mounting",
        (
            "fs/namei_ops.c",
            "error = may_vanish(inode);",
            "\terror = is_swap_file(inode) ? -EPERM : 0;",
        ),
    ),
    Mutant(
        "number_reused",
        "sleep_files data",
        ("fs/namei.c", "if (before == name_changes)", "\t\tif (1)\n"),
    ),
    Mutant(
        "position_unheld",
        "sleep_files positions",
        (
            "fs/read_write.c",
            "if (!file->seekable || file->count == 1)",
            "\tif (!file->seekable || file->count)",
        ),
    ),
    Mutant(
        "cut_page_mapped",
        "sleep_memory shared_file",
        (
            "fs/filemap.c",
            "&& offset < PAGE_ROUND_UP(inode->i_size)) break;",
            ")\n\t\t\tbreak;",
        ),
    ),
    Mutant(
        "link_named_early",
        "sleep_files full",
        (
            "fs/tmpfs/tmpfs_dir.c",
            "if (node->target) error = write_link(inode, node->target); if "
            "(!error) error = tmpfs_add_entry(dir, name, length, inode);",
            "\terror = tmpfs_add_entry(dir, name, length, inode);\n"
            "\tif (!error && node->target)\n"
            "\t\terror = write_link(inode, node->target);\n",
        ),
    ),
    Mutant(
        "link_cut_short",
        "files disk_full",
        ("fs/read_write.c", "(u32)n < length ? -ENOSPC : 0;", "0;"),
    ),
    Mutant(
        "lock_of_closed_file",
        "locks closed_meanwhile",
        (
            "fs/locks.c",
            "if (!error && closed_meanwhile(fd, file, new))",
            "\tif (0 && closed_meanwhile(fd, file, new))\n",
        ),
    ),
    Mutant(
        "stranger_takes_bits",
        "verdicts no_owner",
        ("fs/attr.c", "!set_id_bits(inode);", "\t\t       inode;"),
    ),
    Mutant(
        "pts_node_anywhere",
        "tty_owner other_nodes",
        ("fs/devices.c", "&& !devpts_alive(inode))", " && 0)"),
    ),
    Mutant(
        "floppy_old_buffers",
        "test_floppy.py::test_changed_disk",
        ("fs/devices.c", "discard_buffers(dev);", "\t\t(void)0;\n"),
    ),
    Mutant(
        "exec_does_not_wait",
        "patience shares_dropped",
        (
            "fs/exec.c",
            "if (!await_memory(0)) return;",
            "\t\t{\n"
            "\t\t\tsend_signal(SIGKILL, current);\n"
            "\t\t\treturn;\n"
            "\t\t}\n",
        ),
    ),
    Mutant(
        "pipe_page_lost",
        "owners pipes",
        (
            "fs/pipe.c",
            "kpage_free(inode->i_pipe->pages[i]);",
            "\t\t\tinode->i_pipe->pages[i] = NULL;",
        ),
        says="owner pipe",
        sample=True,
    ),
    Mutant(
        "path_lost",
        "owners in_proc",
        ("fs/namei.c", "if (name) kpage_free(name);", "\t(void)name;"),
        says="owner call",
    ),
    Mutant(
        "wrong_owner",
        "owners pipes",
        ("fs/pipe.c", "kpage_alloc(OWNER_PIPE)", "kpage_alloc(OWNER_TTY)"),
        says="audit: it is held as pipe",
    ),
    Mutant(
        "files_without_limit",
        "quotas files",
        (
            "fs/file_table.c",
            "&& !suser() ? -ENFILE : 0;",
            "&& 0 ? -ENFILE : 0;",
        ),
    ),
    Mutant(
        "pipes_always_large",
        "quotas pipes",
        (
            "fs/pipe.c",
            "nr_frames / USER_PART)\n		return SMALL_SIZE;",
            "nr_frames / USER_PART)\n		return PIPE_SIZE;",
        ),
    ),
    Mutant(
        "locks_without_limit",
        "quotas locks",
        (
            "fs/locks.c",
            "return nr_locks >= nr_frames / FRAMES_A_LOCK && !suser();",
            "\treturn false;",
        ),
    ),
    Mutant(
        "swap_file_loses_its_name",
        "swapon names_stay",
        (
            "fs/target.c",
            "return -EPERM; return is_swap_file(inode) ? -EPERM : 0;",
            "\t\treturn -EPERM;\n\treturn 0;",
        ),
    ),
    Mutant(
        "swap_file_goes_meanwhile",
        "sleep_windows swap_names",
        (
            "fs/namei_ops.c",
            "error = may_vanish(inode);",
            "\terror = is_mount_point(inode) ? -EBUSY : 0;",
        ),
        (
            "fs/swapon.c",
            "if (inode->i_nlink == 0) return -ENOENT;",
            "\tif (0)\n\t\treturn -ENOENT;",
        ),
    ),
    Mutant(
        "swap_file_replaced_meanwhile",
        "sleep_windows swap_names",
        (
            "fs/rename.c",
            "error = may_vanish(replaced);",
            "\t\terror = is_mount_point(replaced) ? -EBUSY : 0;",
        ),
    ),
    Mutant(
        "pipe_shrunk_too_far",
        "fcntls pipe_sizes",
        (
            "fs/pipe.c",
            "if (pipe->copying || pipe->head - PAGE_ROUND_DOWN(pipe->tail) > "
            "size) return -EBUSY;",
            "",
        ),
    ),
    Mutant(
        "file_lock_is_process_lock",
        "fcntls locks_of_files",
        (
            "fs/locks.c",
            "lock->kind = FILE_LOCK; lock->holder = file;",
            "\tlock->kind = FILE_LOCK;",
        ),
    ),
    Mutant(
        "touching_locks_stay_apart",
        "lockranges randomly",
        (
            "fs/lock_ranges.c",
            "first_up_to(owner, new->start - 1);",
            " first_up_to(owner, new->start);",
        ),
    ),
    Mutant(
        "latest_owner_is_in_the_way",
        "lockranges randomly",
        (
            "fs/lock_ranges.c",
            "list_add_tail(&owner->link, &inode->i_locks);",
            "\tlist_add(&owner->link, &inode->i_locks);",
        ),
    ),
    Mutant(
        "released_lock_wakes_nobody",
        "locks waiting",
        ("fs/lock_ranges.c", "wake_up(&owner->gone);", ""),
    ),
    Mutant(
        "sendfile_window_stays",
        "sendfile windows",
        (
            "fs/sendfile.c",
            "(void)unmap_range(current->mm, at, at + PAGE_ROUND_UP(length));",
            "\t(void)at;\n\t(void)length;",
        ),
    ),
    Mutant(
        "copy_range_onto_itself",
        "sendfile bad_ranges",
        (
            "fs/sendfile.c",
            "return in == out && overlaps(t, count) ? -EINVAL : 0;",
            "\treturn 0;",
        ),
    ),
    Mutant(
        "sendfile_window_inherited",
        "sendfile forked",
        ("fs/sendfile.c", "VM_NEVER_EXEC | VM_DONTFORK", "VM_NEVER_EXEC"),
    ),
    Mutant(
        "sendfile_goes_on",
        "sendfile interrupted",
        ("fs/sendfile.c", "if (signal_pending(current)) break;", ""),
    ),
    Mutant(
        "maps_looked_at_once",
        "sleep_tasks private",
        (
            "fs/proc/proc_task.c",
            "task && may_see(task) ? task->mm : NULL;",
            "task ? task->mm : NULL;",
        ),
    ),
    Mutant(
        "signalfd_keeps_its_set",
        "anonfiles changed",
        (
            "fs/signalfd.c",
            "wake_up_poll(&current->process->signal_wait, POLLIN);",
            "",
        ),
    ),
    Mutant(
        "memory_of_the_next_program",
        "procfs_mem another",
        ("fs/proc/proc_mem.c", "!mm || mm != file->private ||", "!mm ||"),
    ),
    Mutant(
        "file_of_memory_reaches_less",
        "procfs_mem forced",
        ("kernel/task/ptrace_memory.c", ".force = true,", ".force = false,"),
    ),
]
