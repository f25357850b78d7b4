"""Shows how far a long job is, and about how long it will still take."""
import sys
import time

LOG_INTERVAL = 30  # seconds from one line to the next in a log


def duration(seconds):
    """Returns a time that a person can read at once."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


class Progress:
    """One line on a terminal, which changes; plain lines in a log."""

    def __init__(self, total, what, out=sys.stderr):
        self.total, self.what, self.out = total, what, out
        self.is_terminal = out.isatty()
        self.began = time.monotonic()
        self.next_line = self.began

    def show(self, done, note=""):
        """Prints how much is done, unless it did so a moment ago."""
        now = time.monotonic()
        if not self.is_terminal and now < self.next_line:
            return
        self.next_line = now + LOG_INTERVAL
        passed = now - self.began
        text = f"{done:.0f} of {self.total:.0f} {self.what}{note}"
        if 0 < done < self.total:
            left = passed * (self.total - done) / done
            text += f", {duration(passed)}, about {duration(left)} left"
        if self.is_terminal:
            self.out.write(f"\r\033[K{text}")
        else:
            self.out.write(text + "\n")
        self.out.flush()

    def clear(self):
        """Makes room for other output."""
        if self.is_terminal:
            self.out.write("\r\033[K")
            self.out.flush()
