// The PC: the emulator v86 with a floppy, a screen and a keyboard. What the
// kernel writes to port 0xEC (kernel/debug/trace.c) goes to onStep.

import { V86 } from "v86";
import { asset } from "cowix/assets.js";

const STEP_PORT = 0xec;
const STEP_WAIT = 0;
const STEP_GO = 0xff;
const KEY_DELAY = 4; // milliseconds between two characters

// Scan codes of set 1, for keys that have no character.
export const SCAN_CODES = {
  Esc: [0x01],
  Tab: [0x0f],
  Enter: [0x1c],
  Backspace: [0x0e],
  Up: [0xe0, 0x48],
  Down: [0xe0, 0x50],
  Left: [0xe0, 0x4b],
  Right: [0xe0, 0x4d],
  C: [0x2e],
  D: [0x20],
  Z: [0x2c],
};
const CTRL = 0x1d;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function instantiate(imports) {
  const code = await asset("v86.wasm");

  return (await WebAssembly.instantiate(code, imports)).instance.exports;
}

export class Machine {
  // Called with a frame pointer. Returns true if the kernel is to wait.
  onStep = () => false;
  // Called when the machine begins or ceases to run.
  onChange = () => {};

  constructor(container) {
    this.container = container;
    this.emulator = null;
    this.running = false;
    this.waiting = false; // at the port, after an event
    this.typing = Promise.resolve();
  }

  // Switches the power off and on, with a disk (a Uint8Array) in drive A.
  async boot(disk, megabytes) {
    await this.powerOff();
    this.disk = disk.slice().buffer;
    this.emulator = new V86({
      wasm_fn: instantiate,
      bios: { buffer: (await asset("bios.bin")).buffer },
      vga_bios: { buffer: (await asset("vgabios-stdvga.bin")).buffer },
      fda: { buffer: this.disk },
      memory_size: megabytes << 20,
      vga_memory_size: 2 << 20,
      boot_order: 0x321,
      autostart: false,
      disable_speaker: true,
      disable_mouse: true,
      screen: { container: this.container },
    });
    await new Promise((ready) =>
      this.emulator.add_listener("emulator-ready", ready),
    );
    this.attachPort(this.emulator.v86.cpu.io);
    this.listen(this.focused());
    this.resume();
  }

  async powerOff() {
    const old = this.emulator;

    this.emulator = null;
    this.running = this.waiting = false;
    if (old) await old.destroy();
    this.container.innerHTML =
      '<div aria-hidden="true"></div><canvas hidden></canvas>';
  }

  attachPort(io) {
    const wait = (frame) => this.stepped(frame >>> 0);
    const answer = () => (this.waiting ? STEP_WAIT : STEP_GO);

    io.register_write(STEP_PORT, this, undefined, undefined, wait);
    io.register_read(STEP_PORT, this, answer);
  }

  stepped(frame) {
    if (this.waiting || !this.onStep(frame)) return;
    this.waiting = true;
    this.pause();
  }

  pause() {
    this.running = false;
    this.emulator?.stop();
    this.onChange();
  }

  // Goes on, also after an event.
  async resume() {
    this.waiting = false;
    this.running = true;
    this.onChange();
    // a stop that was asked for ends first
    await this.emulator.stop();
    if (this.running) await this.emulator.run();
  }

  // Returns a view of the machine's memory.
  read(physical, length) {
    return this.emulator.read_memory(physical, length);
  }

  // Says whether the keys of the browser go to the machine.
  listen(on) {
    this.emulator?.keyboard_set_enabled(on);
  }

  focused() {
    return this.container.matches(":focus");
  }

  // Types text; one after the other, however many ask.
  type(text) {
    this.typing = this.typing.then(async () => {
      for (const c of text) {
        this.listen(true);
        this.emulator?.keyboard_send_text(c);
        this.listen(this.focused());
        await pause(KEY_DELAY);
      }
    });
    return this.typing;
  }

  // Presses a key of SCAN_CODES, with Ctrl if its name begins with ^.
  press(name) {
    const code = SCAN_CODES[name.replace("^", "")];
    const up = [...code.slice(0, -1), code.at(-1) | 0x80];
    const keys = name.startsWith("^")
      ? [CTRL, ...code, ...up, CTRL | 0x80]
      : [...code, ...up];

    this.emulator?.keyboard_send_scancodes(keys);
  }

  // Returns the lines of the screen.
  lines() {
    const screen = this.emulator?.screen_adapter;

    return screen ? screen.get_text_screen().map((line) => line.trimEnd()) : [];
  }

  lastLine() {
    return this.lines().findLast((line) => line) ?? "";
  }

  // Waits until a test of the last line on the screen holds.
  async until(test, seconds = 60) {
    const machine = this.emulator;
    const end = performance.now() + seconds * 1000;

    while (!test(this.lastLine())) {
      if (performance.now() > end)
        throw new Error(`still waiting after ${seconds} seconds`);
      await pause(50);
      if (machine !== this.emulator)
        throw new Error("the machine was switched off");
    }
  }
}
