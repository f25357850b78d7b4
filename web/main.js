// The page: connects its parts, and draws what the machine's memory holds.

import { jsonAsset } from "cowix/assets.js";
import * as disks from "cowix/disk.js";
import { FrameMap, showLegend } from "cowix/frames.js";
import { Guest } from "cowix/guest.js";
import { attachKeys } from "cowix/keys.js";
import { Machine } from "cowix/machine.js";
import { Motion, sentence } from "cowix/motion.js";
import { marksOf, runsOf, showRuns, usersOf } from "cowix/pages.js";
import { Source } from "cowix/source.js";
import { SHELL, Tour } from "cowix/tour.js";

const REFRESH = 200; // milliseconds
// So little that all frames can be seen at once; index.html?memory=16 has more.
const MEGABYTES = 4;
const MEGABYTES_MAX = 64;
const LOGGED = 20; // lines of the list of events

const $ = (id) => document.getElementById(id);

class Page {
  constructor(table) {
    this.table = table;
    this.machine = new Machine($("screen"));
    this.guest = new Guest((at, n) => this.machine.read(at, n), table);
    this.motion = new Motion(this.machine, this.guest);
    this.map = new FrameMap($("map"), $("frame"));
    this.source = new Source($("source-title"), $("source"), $("chain"), table);
    this.pid = 0;
    this.motion.onEvent = (event) => this.showEvent(event);
    this.machine.onChange = () => this.showState();
    this.tour = new Tour(this, $("tour"));
    attachKeys(this.machine, $("screen"), $("keys"), $("line"));
    this.attachButtons();
    setInterval(() => this.machine.running && this.refresh(), REFRESH);
  }

  attachButtons() {
    for (const button of document.querySelectorAll("[data-step]"))
      button.addEventListener("click", () =>
        this.motion.step(button.dataset.step),
      );
    $("run").addEventListener("click", () =>
      this.machine.running && !this.motion.slow
        ? this.motion.pause()
        : this.motion.run(),
    );
    $("slow").addEventListener("click", () => this.motion.play());
    $("only").addEventListener("change", () => this.onlyChosen());
    $("chosen").addEventListener("change", (e) =>
      this.select(Number(e.target.value)),
    );
    $("disk").addEventListener("click", (e) => this.diskButton(e.target));
    $("file").addEventListener("change", (e) => this.load(e.target));
  }

  // Returns how much memory the machine has.
  megabytes() {
    const asked = new URLSearchParams(location.search).get("memory");
    const wanted = Math.floor(Number(asked)) || MEGABYTES;

    return Math.max(MEGABYTES, Math.min(wanted, MEGABYTES_MAX));
  }

  // Switches the machine off and on, with the disk that is in it or another.
  async boot(disk = null) {
    this.motion.reset();
    this.source.show([]);
    await this.machine.boot(
      disk ?? new Uint8Array(this.machine.disk ?? (await disks.freshDisk())),
      this.megabytes(),
    );
  }

  // ---- What is shown ----

  refresh() {
    if (!this.machine.emulator || document.hidden) return;
    const frames = this.guest.frames();
    const tasks = frames.number ? this.guest.tasks() : [];
    const task = this.chooseTask(tasks);
    const runs = task ? runsOf(this.guest, frames, task) : [];

    this.map.update(
      this.guest,
      frames,
      marksOf(this.guest, runs),
      usersOf(this.guest, tasks),
    );
    this.totals = this.map.totals();
    showLegend($("legend"), this.totals);
    $("totals").textContent = frames.number
      ? `${frames.number} frames, ${this.guest.freeFrames()} free`
      : "The kernel has not set up its memory yet.";
    showRuns($("runs"), this.guest, frames, runs);
    this.runs = runs;
    this.showLog();
  }

  showLog() {
    const lines = this.motion.log.slice(-LOGGED).map(sentence);

    $("events").textContent = lines.reverse().join("\n");
  }

  // Fills the list of processes. Returns the one that is chosen: if that is
  // gone, the last.
  chooseTask(tasks) {
    const list = $("chosen");
    const names = tasks.map((task) => `${task.pid} ${task.name}`);
    const task = tasks.find((t) => t.pid === this.pid) ?? tasks.at(-1);

    if (Array.from(list.options, (o) => o.text).join() !== names.join())
      list.replaceChildren(...tasks.map((t, i) => new Option(names[i], t.pid)));
    if (task) {
      list.value = task.pid;
      this.pid = task.pid;
      this.onlyChosen();
    }
    return task;
  }

  select(pid) {
    this.pid = pid;
    this.refresh();
  }

  onlyChosen() {
    this.motion.pid = $("only").checked ? this.pid : 0;
  }

  // Has the legend point at some kinds of frames.
  look(kinds) {
    for (const item of $("legend").children)
      item.classList.toggle("look", kinds.includes(item.dataset.kind));
  }

  showState() {
    const { running, waiting } = this.machine;
    const state = waiting ? "waits after an event" : "is paused";

    $("run").textContent =
      running && !this.motion.slow ? "Pause" : "Run freely";
    $("state").textContent = running ? "runs" : state;
    document.body.dataset.state = running ? "runs" : "waits";
  }

  // Shows an event after which the kernel waits, or that it goes on (null).
  showEvent(event) {
    this.map.light(
      event && !event.text
        ? [event.frame, event.other].map(
            (address) => address >>> this.guest.PAGE_SHIFT,
          )
        : [],
    );
    if (!event) return;
    $("event").textContent = sentence(event);
    this.source.show(event.chain);
    this.refresh();
  }

  // ---- The disk ----

  async diskButton(button) {
    const action = button.dataset.disk;

    if (!action) return;
    try {
      $("disk-state").textContent = "";
      await this[action]();
    } catch (error) {
      $("disk-state").textContent = `That failed: ${error.message}`;
    }
  }

  // Has the guest write to the disk what it holds back, if it can be asked.
  // Returns the disk, and a warning if it could not.
  async synced() {
    const asks = this.machine.running && SHELL.test(this.machine.lastLine());

    if (asks) await this.tour.command("sync");
    return {
      disk: new Uint8Array(this.machine.disk).slice(),
      warning: asks
        ? ""
        : " What was written in the last seconds may be missing, since no " +
          "shell was there to sync.",
    };
  }

  async save() {
    const { disk, warning } = await this.synced();

    disks.download(disk);
    $("disk-state").textContent = `The disk is a file now.${warning}`;
  }

  async keep() {
    const { disk, warning } = await this.synced();

    await disks.keep(disk);
    $("disk-state").textContent = `This browser keeps the disk.${warning}`;
  }

  async kept() {
    const disk = await disks.keptDisk();

    if (!disk) throw new Error("this browser has kept no disk");
    await this.insert(disk, "The disk that was kept is in the drive.");
  }

  async fresh() {
    const disk = await disks.freshDisk();

    await this.insert(disk, "A fresh disk is in the drive.");
  }

  async restart() {
    await this.boot();
  }

  open() {
    $("file").click();
  }

  async load(input) {
    const [file] = input.files;

    if (!file) return;
    try {
      const disk = new Uint8Array(await file.arrayBuffer());

      await this.insert(disk, `${file.name} is in the drive.`);
    } catch (error) {
      $("disk-state").textContent = `That failed: ${error.message}`;
    }
    input.value = "";
  }

  async insert(disk, what) {
    disks.checkDisk(disk, this.table.stamp);
    await this.boot(disk);
    $("disk-state").textContent = what;
  }
}

async function start() {
  try {
    const page = new Page(await jsonAsset("kernel.json"));

    $("version").textContent = page.table.version;
    globalThis.cowix = page; // for the browser's console, and the tests
    await page.boot();
  } catch (error) {
    $("failed").hidden = false;
    $("failed").append(` ${error.message}`);
    throw error;
  }
}

start();
