"""Planted bugs in pipes."""
from .mutant import Mutant

PIPE = "fs/pipe.c"

MUTANTS = [
    Mutant(
        "pipe_read_crosses_page",
        "pipe_ends in_turn",
        (
            PIPE,
            "n = min_u32(n, min_u32(pipe->head - pipe->tail, PAGE_SIZE - "
            "offset));",
            "n = min_u32(n, pipe->head - pipe->tail);",
        ),
    ),
    Mutant(
        "pipe_page_written_while_read",
        "pipe_ends full",
        (
            PIPE,
            "return PAGE_ROUND_DOWN(pipe->tail) + pipe->size - pipe->head;",
            "return pipe->tail + pipe->size - pipe->head;",
        ),
    ),
    Mutant(
        "small_writes_torn",
        "pipe_ends records",
        (PIPE, "count <= PIPE_BUF ? left : 1", "1"),
    ),
    Mutant(
        "broken_pipe_is_silent",
        "files broken_pipe",
        (PIPE, "send_signal(SIGPIPE, current);", ""),
    ),
    Mutant(
        "pipe_reader_wakes_nobody",
        "epolls writers",
        (PIPE, "pipe_changed(pipe, POLLOUT | POLLWRNORM);", ""),
    ),
    Mutant(
        "bad_buffer_takes_bytes",
        "pipe_ends bad_buffers",
        (
            PIPE,
            "pipe->copying = false; if (error) return error; pipe->tail += n;",
            "pipe->copying = false;\n\tpipe->tail += n;\n"
            "\tif (error)\n\t\treturn error;",
        ),
    ),
    Mutant(
        "bad_buffer_gives_bytes",
        "pipe_ends bad_buffers",
        (PIPE, "if (!error) pipe->head += n;", "pipe->head += n;"),
    ),
    Mutant(
        "unopened_pipe_hangs_up",
        "polling fifos",
        (
            PIPE,
            "if (pipe->writers == 0 && file->pos != pipe->writer_opens)",
            "if (pipe->writers == 0)",
        ),
    ),
    Mutant(
        "no_error_without_readers",
        "polling pipes",
        (PIPE, "if (pipe->readers == 0) ready |= POLLERR;", ""),
    ),
    Mutant(
        "room_for_one_byte",
        "polling pipes",
        (PIPE, "if (pipe_room(pipe) >= PIPE_BUF)", "if (pipe_room(pipe))"),
    ),
    Mutant(
        "last_writer_goes_unseen",
        "pipe_ends last_writer",
        (
            PIPE,
            "pipe->writer_opens += change > 0; } wake_up(&pipe->wait);",
            "\tpipe->writer_opens += change > 0;\n\t}\n"
            "\tif (change > 0)\n\t\twake_up(&pipe->wait);",
        ),
    ),
    Mutant(
        "short_visit_goes_unseen",
        "pipe_ends short_visit",
        (
            PIPE,
            "while (!error && *opens == before)",
            "while (!error && is_alone(inode, mode))",
        ),
    ),
    Mutant(
        "broken_off_open_counts",
        "pipe_ends broken_off",
        (
            PIPE,
            "if (error) pipe_release(inode, file); return error;",
            "return error;",
        ),
    ),
    Mutant(
        "pipes_grow_without_limit",
        "quotas pipes",
        (
            PIPE,
            "(size > pipe->size && size > size_for(current->uid)))",
            "(size > pipe->size && size > PIPE_SIZE))",
        ),
    ),
    Mutant(
        "growth_wakes_nobody",
        "fcntls growing_wakes",
        (
            PIPE,
            "pipe->size = size; wake_up(&pipe->wait);",
            "pipe->size = size;",
        ),
    ),
    Mutant(
        "two_readers_of_a_pipe",
        "sleep_pipes filled_pipe",
        (
            PIPE,
            "if (!pipe->copying && (pipe->head != pipe->tail || "
            "pipe->writers == 0))",
            "if (pipe->head != pipe->tail || pipe->writers == 0)",
        ),
    ),
    Mutant(
        "two_writers_of_a_pipe",
        "sleep_pipes filled_pipe",
        (
            PIPE,
            "if (!pipe->copying && pipe_room(pipe) >= bytes)",
            "if (pipe_room(pipe) >= bytes)",
        ),
    ),
]
