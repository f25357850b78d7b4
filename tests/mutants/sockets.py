"""Planted bugs in sockets: connecting, sending, receiving, closing."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "any_number_may_wait",
        "sockets_turns full_queue",
        (
            "net/connect.c",
            "return listener->queued > listener->backlog ? -EAGAIN : 0;",
            "return 0;",
        ),
    ),
    Mutant(
        "accept_wakes_nobody",
        "sockets_turns callers_wait",
        (
            "net/connect.c",
            "if (listener->queued-- > listener->backlog) wake_up_poll(&room, "
            "CAN_WRITE);",
            "listener->queued--;",
        ),
    ),
    Mutant(
        "peer_is_nobody",
        "sockets_rights peers",
        (
            "net/connect.c",
            "sock->peer_creds = listener->peer_creds;",
            "",
        ),
    ),
    Mutant(
        "connected_twice",
        "sleep_sockets connecting",
        (
            "net/connect.c",
            "if (sock->state != UNCONNECTED)",
            "if (sock->state == LISTENING)",
        ),
    ),
    Mutant(
        "other_side_goes_on",
        "sockets ends",
        (
            "net/connect.c",
            "if (sides & SHUT_WRITE) sock->peer->shut |= SHUT_READ;",
            "",
        ),
    ),
    Mutant(
        "shutdown_wakes_nobody",
        "sockets_turns shut_down",
        (
            "net/connect.c",
            "sock->peer->shut |= SHUT_READ; wake_up(&sock->peer->wait);",
            "sock->peer->shut |= SHUT_READ;",
        ),
    ),
    Mutant(
        "lost_datagrams_untold",
        "sockets_waits losses",
        ("net/connect.c", "old->error = ECONNRESET;", ""),
    ),
    Mutant(
        "accepted_forgets_options",
        "sockets_turns options",
        (
            "net/connect.c",
            "(*sock)->options = listener->options & PASS_CREDS;",
            "",
        ),
    ),
    Mutant(
        "short_datagram_looks_whole",
        "sockets_turns cut_short",
        ("net/receive.c", "t->told |= MSG_TRUNC;", "\t;"),
    ),
    Mutant(
        "looking_takes_bytes",
        "sockets streams",
        (
            "net/receive.c",
            "if (t->flags & MSG_PEEK) return n; m->taken += n;",
            "m->taken += n;",
        ),
    ),
    Mutant(
        "writers_run_together",
        "sockets_rights writers",
        (
            "net/receive.c",
            "if (!m || !same_writer(t, m)) break;",
            "(void)same_writer;\n\t\tif (!m)\n\t\t\tbreak;",
        ),
    ),
    Mutant(
        "read_goes_on_behind_files",
        "sockets_rights in_streams",
        (
            "net/receive.c",
            "&& done < t->length && !t->rights);",
            "&& done < t->length);",
        ),
    ),
    Mutant(
        "loss_at_close_untold",
        "sockets_waits losses",
        (
            "net/close.c",
            "if (!all_read) peer->error = ECONNRESET;",
            "(void)all_read;",
        ),
    ),
    Mutant(
        "unread_messages_stay",
        "owners sockets",
        (
            "net/close.c",
            "else drop_messages(sock); socket_put(sock); if",
            "socket_put(sock);\n\tif",
        ),
    ),
    Mutant(
        "name_of_the_dead",
        "sockets_names abstract_names",
        ("net/close.c", "list_del(&sock->name_link);", ""),
    ),
    Mutant(
        "close_wakes_no_caller",
        "sockets_turns closed_listener",
        (
            "net/close.c",
            "wake_up(&sock->wait); wake_up(&room);",
            "wake_up(&sock->wait);",
        ),
    ),
    Mutant(
        "dead_peer_stays",
        "sockets datagrams",
        (
            "net/send.c",
            "sock->peer = NULL; sock->state = UNCONNECTED; " "socket_put(to);",
            "",
        ),
    ),
    Mutant(
        "signal_not_wanted",
        "sockets ends",
        ("net/send.c", "&& !(t->flags & MSG_NOSIGNAL))", ")"),
    ),
    Mutant(
        "buffer_without_end",
        "sockets full",
        (
            "net/send.c",
            "if (!error && sock->sent < sock->send_max)",
            "if (!error)",
        ),
    ),
    Mutant(
        "datagrams_of_strangers",
        "sockets_names mailboxes",
        (
            "net/send.c",
            "return !to->peer || to->peer == sock;",
            "return !to->dead || to->peer == sock;",
        ),
    ),
    Mutant(
        "mailbox_without_end",
        "sockets_names mailboxes",
        (
            "net/send.c",
            "if (to == sock || to->peer == sock || to->queued <= "
            "to->backlog)",
            "",
        ),
    ),
    Mutant(
        "limit_is_ignored",
        "sockets timeouts",
        ("net/socket.c", "else if (limit)", "else if (limit == ~0u)"),
    ),
    Mutant(
        "limited_wait_restarted",
        "sockets_turns limits",
        (
            "net/socket.c",
            "return error && end->kind != DEADLINE_NEVER ? -EINTR : error;",
            "return error;",
        ),
    ),
    Mutant(
        "name_open_to_all",
        "sockets_names permissions",
        ("net/bind.c", "(mode & ~current->fs->umask)", "mode"),
    ),
    Mutant(
        "anybody_may_connect",
        "sockets_names permissions",
        ("net/bind.c", "error = permission(inode, W_OK);", "error = 0;"),
    ),
    Mutant(
        "wrong_kind_is_found",
        "sockets_names refusals",
        (
            "net/bind.c",
            "if (!error && (*found)->type != type) error = -EPROTOTYPE;",
            "(void)type;",
        ),
    ),
    Mutant(
        "error_told_for_ever",
        "sockets_turns errors",
        (
            "net/options.c",
            "return -take_error(sock);",
            "return sock->error;",
        ),
    ),
    Mutant(
        "listener_can_be_written",
        "sockets_names streams_connect",
        ("net/socket_file.c", "sock->state == LISTENING ||", ""),
    ),
]
