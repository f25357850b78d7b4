"""Planted bugs in net/."""
from .mutant import Mutant

MUTANTS = [
    Mutant(
        "cycles_stay",
        "sockets_rights cycles",
        (
            "net/collect.c",
            "if (sock->file && sock->file->count > sock->in_flight)",
            "\t\tif (sock->file)",
        ),
        sample=True,
    ),
    Mutant(
        "carried_is_not_reached",
        "sockets_rights reachable",
        ("net/collect.c", "reach_carried(sock, reached);", "\t\t\t;"),
    ),
    Mutant(
        "waiting_is_not_reached",
        "sockets_rights waiting_for_accept",
        ("net/collect.c", "reach_waiting(sock, reached);", "\t\t\t;"),
    ),
    Mutant(
        "rights_are_dropped_by_recursion",
        "sockets_rights chains",
        ("net/rights.c", "if (dropping) return;", ""),
    ),
    Mutant(
        "anybody_may_lie",
        "sockets_rights credentials",
        (
            "net/control.c",
            "if (suser()) return find_task(c->pid) ? 0 : -ESRCH;",
            "\tif (true)\n\t\treturn find_task(c->pid) ? 0 : -ESRCH;",
        ),
    ),
    Mutant(
        "a_user_hoards_messages",
        "sockets_rights hoards",
        (
            "net/account.c",
            "account->bytes + bytes > limit && !suser()",
            "account->bytes + bytes > limit && !suser() && !bytes",
        ),
    ),
    Mutant(
        "any_number_in_flight",
        "sockets_rights too_many",
        (
            "net/control.c",
            "if (too_many_in_flight(t->sock->account))",
            "\tif (false && too_many_in_flight(t->sock->account))",
        ),
    ),
    Mutant(
        "what_does_not_fit_is_lost",
        "sockets_rights unwanted",
        (
            "net/rights.c",
            "for (u32 i = 0; i < rights->n; i++) fput(rights->files[i]);",
            "\tfor (u32 i = 0; i + 1 < rights->n; i++)\n"
            "\t\tfput(rights->files[i]);",
        ),
    ),
    Mutant(
        "two_readers_one_message",
        "sleep_sockets datagrams",
        (
            "net/receive.c",
            "while (sock->reading) sleep_on(&sock->unlocked);",
            "",
        ),
        sample=True,
    ),
    Mutant(
        "readers_wake_each_other",
        "sockets_waits readers",
        (
            "net/receive.c",
            "wake_up(&sock->unlocked);",
            "\twake_up(&sock->unlocked);\n\twake_up(&sock->wait);",
        ),
    ),
    Mutant(
        "loss_is_told_late",
        "sockets_waits losses",
        (
            "net/receive.c",
            "if (!m || sock->type != SOCK_STREAM)",
            "\t\tif (!m)",
        ),
    ),
    Mutant(
        "connection_without_a_descriptor",
        "sockets_waits no_descriptor",
        (
            "net/connect.c",
            "if (!error) error = check_fd(); }",
            "\t}",
        ),
    ),
    Mutant(
        "any_read_is_room",
        "sockets_waits strangers",
        (
            "net/message.c",
            "if (--from->queued == from->backlog)",
            "\tfrom->queued--;\n\tif (true)",
        ),
    ),
    Mutant(
        "two_names_for_a_socket",
        "sleep_sockets binding",
        (
            "net/bind.c",
            "if (sock->name || sock->binding) return -EINVAL;",
            "\tif (sock->name)\n\t\treturn -EINVAL;",
        ),
    ),
    Mutant(
        "pages_are_nobodys",
        "owners sockets",
        ("net/message.c", "own_pages(m, OWNER_SOCKET);", ""),
    ),
    Mutant(
        "sender_pays_for_ever",
        "sockets full",
        ("net/message.c", "sender->sent -= m->charge;", ""),
    ),
    Mutant(
        "next_message_after_a_part",
        "sockets_batch faults",
        (
            "net/batch.c",
            "done < count && whole; list++",
            "done < count; list++",
        ),
    ),
    Mutant(
        "later_error_is_lost",
        "sockets_batch errors",
        ("net/batch.c", "keep_error(sock, error);", ";"),
    ),
]
