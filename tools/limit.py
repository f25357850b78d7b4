"""Time limits for emulators on a machine that has other work, too."""
import glob
import time


def waited(pid):
    """Returns for how many seconds a process could have run while others had
    the processors. Of its threads, the one that waited longest counts."""
    longest = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path, encoding="ascii") as file:
                longest = max(longest, int(file.read().split()[1]))
        except (OSError, IndexError):
            pass  # the thread is gone, or nothing is counted
    return longest / 1e9


class Limit:
    """Seconds that a process has from now on; waiting does not count."""

    def __init__(self, pid, seconds):
        self.pid, self.end = pid, time.monotonic() + seconds - waited(pid)

    def over(self):
        late = time.monotonic() - self.end
        return late > 0 and late > waited(self.pid)
