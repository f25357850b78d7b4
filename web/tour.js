// The tour: seven stops, each of which does something in the machine.

import { STOPS } from "cowix/stops.js";

export const SHELL = /[#$]$/; // ends the line where the shell waits
const PAGES = /pages>$/; // and where the program pages does

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Tour {
  // page has machine, motion, guest, boot(), select(pid) and look(kinds).
  constructor(page, box) {
    this.page = page;
    this.machine = page.machine;
    this.motion = page.motion;
    this.box = box;
    this.stop = -1;
    this.busy = false;
    const part = (name) => box.querySelector(`[data-tour=${name}]`);

    this.title = part("title");
    this.text = part("text");
    this.status = part("status");
    this.back = part("back");
    this.next = part("next");
    this.back.addEventListener("click", () => this.go(this.stop - 1));
    this.next.addEventListener("click", () => this.go(this.stop + 1));
    this.buttons();
  }

  buttons() {
    const last = this.stop === STOPS.length - 1;

    this.back.disabled = this.busy || this.stop <= 0;
    this.next.disabled = this.busy || last;
    this.next.textContent = this.stop < 0 ? "Start the tour" : "Next";
  }

  // Goes to a stop: does there what it says, then shows its text.
  async go(number) {
    if (this.busy) return;
    const stop = STOPS[number];

    this.stop = number;
    this.busy = true;
    this.buttons();
    this.title.textContent = `${number + 1} of ${STOPS.length}: ${stop.title}`;
    this.text.replaceChildren();
    this.status.textContent = "The machine is at work …";
    this.page.look(stop.look);
    try {
      await this.act(stop);
      this.show(stop.text);
    } catch (error) {
      this.status.textContent =
        `It did not get there: ${error.message}. End what runs on the ` +
        "screen, or go back to the first stop.";
    }
    this.busy = false;
    this.buttons();
    if (!this.next.disabled) this.next.focus({ preventScroll: true });
  }

  async act(stop) {
    if (stop === STOPS[0]) {
      await stop.act(this);
      return;
    }
    this.motion.pid = 0;
    await this.motion.run();
    await stop.act(this);
  }

  show(sentences) {
    const items = sentences.split("\n\n").map((text) => {
      const item = document.createElement("p");

      item.textContent = text;
      return item;
    });

    this.text.replaceChildren(...items);
    this.status.textContent = "";
  }

  // ---- What the stops are made of ----

  async boot() {
    await this.page.boot();
    await this.machine.until((line) => SHELL.test(line));
    this.select("sh");
  }

  type(text) {
    return this.machine.type(text);
  }

  // Types a line, and waits until the prompt is there again. The screen
  // changes first, or else scrolls by what was there before.
  async enter(text, prompt) {
    const screen = () => this.machine.lines().join("\n");
    const before = screen();
    const typed = performance.now();

    await this.type(`${text}\n`);
    await this.machine.until(
      (line) =>
        (screen() !== before || performance.now() > typed + 1000) &&
        prompt(line),
    );
  }

  command(text) {
    return this.enter(text, (line) => SHELL.test(line));
  }

  word(text) {
    return this.enter(text, (line) => PAGES.test(line));
  }

  named(name) {
    return this.page.guest.tasks().filter((task) => task.name === name);
  }

  // Chooses the youngest process with a name.
  select(name) {
    const pids = this.named(name).map((task) => task.pid);

    if (pids.length) this.page.select(Math.max(...pids));
  }

  // Sees to it that as many processes of the program pages run.
  async processes(number) {
    const there = () => this.named("pages").length;

    await this.machine.until((line) => SHELL.test(line) || PAGES.test(line));
    while (there() > number)
      await this.enter("exit", (line) =>
        there() ? PAGES.test(line) : SHELL.test(line),
      );
    while (there() < number) await this.word(there() ? "fork" : "pages");
  }

  // Returns where the program pages has its pages. Asks it if that is no
  // longer on the screen.
  async address() {
    const answer = () =>
      this.machine.lines().findLast((line) => line.includes(" pages at "));

    if (!answer()) await this.word("where");
    return parseInt(answer().split(" pages at ")[1], 16);
  }

  // Types a word, and waits for an event at a page of the program pages.
  async stopAt(kind, word, page) {
    const { PAGE_SIZE } = this.page.guest;
    const base = await this.address();

    this.motion.waitFor(
      (event) => event.word === kind && event.addr === base + page * PAGE_SIZE,
    );
    await this.type(`${word}\n`);
    await this.stopped();
  }

  // Waits until the kernel waits after an event.
  async stopped(seconds = 60) {
    const end = performance.now() + seconds * 1000;

    while (!this.motion.current) {
      if (performance.now() > end) throw new Error("nothing happened");
      await pause(50);
    }
  }
}
