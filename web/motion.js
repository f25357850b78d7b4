// Slow motion: the kernel waits after an event of its trace, and the page shows
// which line it is at.

// What one can wait for: names of the trace's events (docs/trace.md).
export const GROUPS = {
  share: ["share", "lend", "dup"],
  fault: ["fault"],
  copy: ["copy", "split"],
  reuse: ["reuse"],
  free: ["free", "tfree"],
};
const SLOW = 350; // milliseconds between two events
const KEPT = 200;
// where the trace itself is, which is of no interest here
const TRACE_FILES = ["kernel/debug/trace.c", "include/cowix/trace.h"];

const hex = (number) => number.toString(16).padStart(8, "0");

// Returns a sentence about an event.
export function sentence(event) {
  const { word, pid, before, after } = event;
  const page = `the page at ${hex(event.addr)}`;
  const frame = `frame ${hex(event.frame)}`;
  const count = `count ${before} → ${after}`;
  const sentences = {
    share:
      `Process ${pid} shares ${page} with its child: ` + `${frame}, ${count}.`,
    dup: `Process ${pid} copies ${page} for its child at once.`,
    fault:
      `Process ${pid} touches ${page} for the first time: ` +
      `${frame}, ${count}.`,
    put: `exec puts ${page} into process ${pid}: ${frame}.`,
    copy:
      `Process ${pid} has written to ${page}, which it shared. ` +
      `It gets a copy in frame ${hex(event.other)}; ` +
      `${frame}: ${count}.`,
    reuse:
      `Process ${pid} has written to ${page}. ` +
      `Nobody else has ${frame} any more, so there is no copy.`,
    free:
      `Process ${pid} gives up ${page}: ${frame}, ${count}` +
      (after ? "." : ", so it is free."),
    table:
      `Process ${pid} gets a page table for ${hex(event.addr)}: ` + `${frame}.`,
    lend:
      `Process ${pid} lends its child the page table for ` +
      `${hex(event.addr)}: ${frame}, ${count}.`,
    split:
      `Process ${pid} is about to change the page table for ` +
      `${hex(event.addr)}, which was lent. It gets a copy; ` +
      `${frame}: ${count}.`,
    tfree:
      `Process ${pid} gives up the page table for ${hex(event.addr)}: ` +
      `${frame}, ${count}` +
      (after ? "." : ", so it is free."),
    out: `${page} goes to swap, from ${frame}.`,
    in: `${page} comes back from swap, into ${frame}.`,
    fork: `Process ${event.text} is born, the child of ${pid}.`,
    exec: `Process ${pid} is now the program ${event.text}.`,
    name: `Process ${pid} is the program ${event.text}.`,
  };

  return sentences[word];
}

export class Motion {
  // Called with the event that the kernel waits after, or null.
  onEvent = () => {};

  constructor(machine, guest) {
    this.machine = machine;
    this.guest = guest;
    this.wanted = () => false;
    this.pid = 0; // of which process; 0: of any
    this.slow = false;
    this.current = null; // the event that the kernel waits after
    this.seen = 0;
    this.log = []; // the last events
    machine.onStep = (frame) => this.stepped(frame);
  }

  // Called after each event. Returns true if the kernel is to wait.
  stepped(frame) {
    try {
      const event = this.guest.lastEvent();

      this.seen++;
      this.log.push(event);
      if (this.log.length > KEPT) this.log.shift();
      if (!this.wants(event)) return false;
      event.chain = this.guest
        .callers(frame)
        .filter((place) => !TRACE_FILES.includes(place.file));
      this.stopAt(event);
      return true;
    } catch (error) {
      console.error(error);
      return false;
    }
  }

  wants(event) {
    if (this.pid && event.pid !== this.pid) return false;
    return this.slow || this.wanted(event);
  }

  stopAt(event) {
    this.current = event;
    if (this.slow) this.timer = setTimeout(() => this.slow && this.go(), SLOW);
    // the page is drawn when the emulator's slice has ended
    setTimeout(() => this.onEvent(event));
  }

  go() {
    clearTimeout(this.timer);
    this.current = null;
    this.onEvent(null);
    return this.machine.resume();
  }

  // Goes on until the next event of a group, or any.
  step(group) {
    const words = GROUPS[group] ?? this.guest.table.words;

    return this.waitFor((event) => words.includes(event.word));
  }

  // Goes on until an event for which a test holds.
  waitFor(test) {
    this.slow = false;
    this.wanted = test;
    return this.go();
  }

  // Goes on, with a pause after each event.
  play() {
    this.slow = true;
    return this.go();
  }

  // Goes on and waits no more.
  run() {
    return this.waitFor(() => false);
  }

  pause() {
    this.slow = false;
    clearTimeout(this.timer);
    this.machine.pause();
  }

  // Forgets what it waited for, when the machine is switched on.
  reset() {
    this.slow = false;
    this.wanted = () => false;
    this.current = null;
    this.log = [];
    this.seen = 0;
    clearTimeout(this.timer);
  }
}
