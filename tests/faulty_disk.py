"""A disk whose n-th request fails. QEMU reaches it as a network block device
(NBD); this process serves it, counts the requests and decides."""
import os
import socket
import struct
import threading

READ, WRITE, CLOSE, FLUSH = range(4)
OPTION = b"IHAVEOPT"
EXPORT, ABORT, INFO, GO = 1, 2, 6, 7  # options of the handshake
ANSWER, ACK, EXPORT_IS, UNKNOWN = 0x3E889045565A9, 1, 3, 1 << 31 | 1
FLAGS = 1 | 1 << 2  # of the export: valid, knows a flush
REQUEST, REPLY = 0x25609513, 0x67446698
EIO = 5
SECTOR = 512

# How a disk fails, from its n-th request on: that request alone; whatever
# touches one of its sectors in its direction; all there is.
ONCE, SECTORS, DEAD = "once", "sectors", "dead"


class FaultyDisk(threading.Thread):
    """Serves an image's bytes, which are not changed in the file: `data` has
    what was written. Requests of the commands in `counts` are counted, and
    are in `log`: command, first byte, length."""

    def __init__(
        self, folder, image, fails_at=None, how=ONCE, counts=(READ, WRITE)
    ):
        super().__init__(daemon=True)
        self.path = os.path.join(str(folder), os.path.basename(image) + ".nbd")
        with open(image, "rb") as f:
            self.data = bytearray(f.read())
        self.fails_at, self.how, self.counts = fails_at, how, counts
        self.log, self.failed = [], None
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        self.server.listen(1)
        self.start()

    def options(self, device):
        """Returns QEMU's options for this disk as a device."""
        return (
            "-blockdev",
            f"driver=nbd,node-name=nbd,server.type=unix,"
            f"server.path={self.path}",
            "-blockdev",
            "driver=raw,node-name=faulty,file=nbd",
            "-device",
            f"{device},drive=faulty",
        )

    def run(self):
        self.peer, _ = self.server.accept()
        try:
            self.greet()
            while self.serve():
                pass
        except (ConnectionError, struct.error):
            pass  # the machine was switched off
        self.peer.close()
        self.server.close()

    def take(self, n):
        data = b""
        while len(data) < n:
            part = self.peer.recv(n - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data

    def unpack(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def answer(self, option, kind, data=b""):
        head = struct.pack(">QIII", ANSWER, option, kind, len(data))
        self.peer.sendall(head + data)

    def greet(self):
        self.peer.sendall(b"NBDMAGIC" + OPTION + struct.pack(">H", 3))
        self.take(4)
        option = None
        while option != GO:
            _, option, length = self.unpack(">8sII")
            self.take(length)
            if option not in (INFO, GO):
                self.answer(option, UNKNOWN)
                continue
            about = struct.pack(">HQH", 0, len(self.data), FLAGS)
            self.answer(option, EXPORT_IS, about)
            self.answer(option, ACK)

    def serve(self):
        """Serves a request. Returns False after the last."""
        _, _, command, cookie, at, length = self.unpack(">IHHQQI")
        new = self.take(length) if command == WRITE else b""
        if command == CLOSE:
            return False
        error = command in self.counts and self.fails(command, at, length)
        if command == WRITE:
            n = self.torn(length) if error else length
            self.data[at : at + n] = new[:n]
        reply = struct.pack(">IIQ", REPLY, EIO if error else 0, cookie)
        if command == READ and not error:
            reply += self.data[at : at + length]
        self.peer.sendall(reply)
        return True

    def torn(self, length):
        """Returns how many bytes a failed write has written."""
        return 0 if self.how == DEAD else length // 2 // SECTOR * SECTOR

    def fails(self, command, at, length):
        self.log.append((command, at, length))
        if len(self.log) == self.fails_at:
            self.failed = command, at, length
            return True
        if not self.failed or self.how == ONCE:
            return False
        if self.how == DEAD:
            return True
        kind, first, size = self.failed
        return kind == command and at < first + size and first < at + length
