// The map of the page frames: a cell for each, coloured by what it is for and
// how many refer to it.

const FLASH = 1200; // milliseconds for which a change is marked
const COLUMNS = 40;
// A count is written into a cell that is at least so wide.
const READABLE = 8;

// What frames are for: a colour, a name, what it means.
export const KINDS = {
  free: ["#232936", "free", "nobody refers to it"],
  kernel: ["#747d8c", "kernel", "the kernel, its stacks and objects"],
  table: ["#b18cff", "page table", "page tables and directories"],
  cache: ["#3f83f8", "page cache", "a file's page that nobody maps"],
  mapped: ["#7cc4ff", "page cache, mapped", "and that programs map, too"],
  own: ["#2fbf71", "private", "one process has it: count 1"],
  shared: ["#ff9f43", "shared", "several have it until one writes"],
  zero: ["#f1f2f6", "zero page", "for pages that were only read"],
};

// Returns the kind of a frame, by its owner and count.
export function kindOf(guest, owner, count) {
  const { owner: names } = guest;

  if (!count) return "free";
  switch (owner) {
    case names.OWNER_USER:
      return count > 1 ? "shared" : "own";
    case names.OWNER_CACHE:
      return count > 1 ? "mapped" : "cache";
    case names.OWNER_TABLE:
    case names.OWNER_DIRECTORY:
      return "table";
    case names.OWNER_ZERO:
      return "zero";
    default:
      return "kernel";
  }
}

const hex = (number) => number.toString(16).padStart(8, "0");

export class FrameMap {
  constructor(canvas, about) {
    this.canvas = canvas;
    this.about = about;
    this.frames = { number: 0, counts: [], owners: [] };
    this.kinds = [];
    this.changed = new Map(); // frame -> when
    this.marks = new Map(); // frame -> "w", "c" or "r"
    this.timer = 0;
    this.lit = new Set(); // frames of the event that is looked at
    this.users = new Map(); // frame -> who map it
    this.chosen = -1;
    canvas.addEventListener("pointermove", (e) => this.point(e));
    canvas.addEventListener("pointerdown", (e) => this.point(e));
    canvas.addEventListener("keydown", (e) => this.key(e));
    canvas.addEventListener("focus", () => this.choose(this.chosen));
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
  }

  // Takes what there is now, and draws it.
  update(guest, frames, marks, users) {
    const now = performance.now();
    const known = this.frames.number === frames.number;

    this.kinds = Array.from(frames.counts, (count, i) =>
      kindOf(guest, frames.owners[i], count),
    );
    for (let i = 0; known && i < frames.number; i++)
      if (
        frames.counts[i] !== this.frames.counts[i] ||
        frames.owners[i] !== this.frames.owners[i]
      )
        this.changed.set(i, now);
    this.forgetChanges(now);
    this.guest = guest;
    this.frames = frames;
    this.marks = marks;
    this.users = users;
    this.draw();
    this.tell();
  }

  // Drops the marks of changes that are old, now or when they will be.
  forgetChanges(now) {
    for (const [frame, when] of this.changed)
      if (now - when >= FLASH) this.changed.delete(frame);
    clearTimeout(this.timer);
    if (this.changed.size)
      this.timer = setTimeout(() => {
        this.forgetChanges(performance.now());
        this.draw();
      }, FLASH);
  }

  rows() {
    return Math.ceil(this.frames.number / COLUMNS);
  }

  draw() {
    const { canvas, frames } = this;
    const scale = globalThis.devicePixelRatio || 1;
    const width = canvas.parentElement.clientWidth;
    const cell = Math.max(1, Math.floor((width * scale) / COLUMNS));

    canvas.width = cell * COLUMNS;
    canvas.height = Math.max(1, this.rows()) * cell;
    canvas.style.width = `${canvas.width / scale}px`;
    this.cell = cell;
    this.pen = canvas.getContext("2d");
    this.pen.font = `${Math.floor(cell * 0.8)}px monospace`;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    for (let i = 0; i < frames.number; i++) this.drawCell(i, scale);
  }

  drawCell(i, scale) {
    const { pen, cell } = this;
    const x = (i % COLUMNS) * cell;
    const y = Math.floor(i / COLUMNS) * cell;
    const count = this.frames.counts[i];
    const kind = this.kinds[i];

    pen.fillStyle = KINDS[kind][0];
    pen.fillRect(x, y, cell - 1, cell - 1);
    if (count > 1 && kind !== "kernel" && cell / scale >= READABLE) {
      pen.fillStyle = "#10131a";
      pen.fillText(count > 9 ? "+" : count, x + cell / 2, y + cell / 2);
    }
    if (this.marks.has(i))
      this.frameCell(x, y, this.marks.get(i) === "c" ? "#ff7bd0" : "#fff");
    if (this.changed.has(i)) this.frameCell(x, y, "#ffe14d");
    if (this.lit.has(i)) this.frameCell(x, y, "#e80000", 3);
    if (i === this.chosen && document.activeElement === this.canvas)
      this.frameCell(x, y, "#00e5ff", 2);
  }

  frameCell(x, y, colour, width = 1) {
    const { pen, cell } = this;

    const thick = width * Math.max(1, Math.round(cell / 12));

    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.strokeRect(
      x + thick / 2,
      y + thick / 2,
      cell - 1 - thick,
      cell - 1 - thick,
    );
  }

  // Marks the frames of an event.
  light(frames) {
    this.lit = new Set(frames);
    this.draw();
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const size = box.width / COLUMNS;
    const column = Math.floor((event.clientX - box.left) / size);
    const row = Math.floor((event.clientY - box.top) / size);

    this.choose(row * COLUMNS + Math.min(column, COLUMNS - 1));
  }

  key(event) {
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -COLUMNS,
      ArrowDown: COLUMNS,
      Home: -this.frames.number,
      End: this.frames.number,
    };
    const step = steps[event.key];

    if (step === undefined) return;
    event.preventDefault();
    this.choose(Math.max(this.chosen, 0) + step);
  }

  choose(frame) {
    const last = this.frames.number - 1;

    this.chosen = Math.max(0, Math.min(frame, last));
    this.draw();
    this.tell();
  }

  // Tells in words what the chosen frame is.
  tell() {
    const i = this.chosen;

    if (i < 0 || i >= this.frames.number) return;
    const [, name] = KINDS[this.kinds[i]];
    const owner = this.guest.ownerNames[this.frames.owners[i]];
    const users = this.users.get(i) ?? [];
    const text =
      `Frame ${hex(i * this.guest.PAGE_SIZE)}: count ` +
      `${this.frames.counts[i]}, ${name}, owner ${owner}` +
      (users.length ? `, mapped by ${users.join(", ")}` : "");

    if (this.about.textContent !== text) this.about.textContent = text;
  }

  // Returns how many frames there are of each kind.
  totals() {
    const totals = {};

    for (const name in KINDS) totals[name] = 0;
    for (const kind of this.kinds) totals[kind]++;
    return totals;
  }
}

// Fills a list with the kinds' colours and numbers.
export function showLegend(list, totals) {
  if (!list.children.length)
    for (const [kind, [colour, name, meaning]] of Object.entries(KINDS)) {
      const item = document.createElement("li");

      item.innerHTML = `<i></i><b></b> <span></span>`;
      item.dataset.kind = kind;
      item.title = meaning;
      item.children[0].style.background = colour;
      item.children[2].textContent = name;
      list.append(item);
    }
  for (const item of list.children)
    item.children[1].textContent = totals[item.dataset.kind];
}
