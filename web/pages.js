// The page tables of one process, as runs of pages with the same frame count
// and bits.

const hex = (number) => number.toString(16).padStart(8, "0");

// Returns r, w, c (PAGE_COW), d(irty), a(ccessed) for an entry, and z for the
// zero page, s for a page in swap: as /proc/PID/pages has them.
export function letters(guest, entry) {
  const bit = (mask, letter) => (entry & mask ? letter : "-");
  const last = () => {
    if (!guest.isMapped(entry)) return "s";
    return entry >>> guest.PAGE_SHIFT === guest.zeroFrame() ? "z" : "-";
  };

  return (
    bit(guest.PTE_P, "r") +
    bit(guest.PTE_W, "w") +
    bit(guest.PAGE_COW, "c") +
    bit(guest.PTE_D, "d") +
    bit(guest.PTE_A, "a") +
    last()
  );
}

function follows(guest, run, page) {
  const step = run.letters.endsWith("z") ? 0 : run.pages;

  return (
    run.table.start === page.table.start &&
    run.start + run.pages * guest.PAGE_SIZE === page.start &&
    run.frame + step === page.frame &&
    run.count === page.count &&
    run.letters === page.letters
  );
}

// Returns the runs of a process.
export function runsOf(guest, frames, task) {
  const runs = [];

  for (const { address, entry, table } of guest.entries(task)) {
    const frame = entry >>> guest.PAGE_SHIFT;
    const page = {
      start: address,
      pages: 1,
      frame,
      count: guest.isMapped(entry) ? frames.counts[frame] : 0,
      letters: letters(guest, entry),
      table,
    };

    if (runs.length && follows(guest, runs.at(-1), page)) runs.at(-1).pages++;
    else runs.push(page);
  }
  return runs;
}

// Returns the frames that a process maps, each with c, w or r.
export function marksOf(guest, runs) {
  const marks = new Map();

  for (const run of runs) {
    if (run.letters.endsWith("s")) continue;
    const pages = run.letters.endsWith("z") ? 1 : run.pages;
    const mark = ["c", "w"].find((c) => run.letters.includes(c)) ?? "r";

    for (let i = 0; i < pages; i++) marks.set(run.frame + i, mark);
    marks.set(run.table.frame, run.table.lent ? "c" : "w");
  }
  return marks;
}

// Returns for each frame which processes map it.
export function usersOf(guest, tasks) {
  const users = new Map();
  const add = (frame, task) => {
    const list = users.get(frame) ?? [];
    const name = `${task.pid} ${task.name}`;

    if (!list.includes(name)) list.push(name);
    users.set(frame, list);
  };

  for (const task of tasks)
    for (const { entry, table } of guest.entries(task)) {
      if (guest.isMapped(entry)) add(entry >>> guest.PAGE_SHIFT, task);
      add(table.frame, task);
    }
  return users;
}

function row(cells, className) {
  const line = document.createElement("tr");

  line.className = className;
  for (const text of cells) line.insertCell().textContent = text;
  return line;
}

// Shows the runs as lines of a table, each page table before its entries.
export function showRuns(body, guest, frames, runs) {
  const lines = [];
  let table = null;

  for (const run of runs) {
    if (run.table.start !== table?.start) {
      table = run.table;
      lines.push(
        row(
          [
            hex(table.start),
            "table",
            hex(table.frame * guest.PAGE_SIZE),
            frames.counts[table.frame],
            table.lent ? "lent: PAGE_COW" : "its own",
          ],
          table.lent ? "table cow" : "table",
        ),
      );
    }
    lines.push(
      row(
        [
          hex(run.start),
          run.pages,
          hex(run.frame * guest.PAGE_SIZE),
          run.count,
          run.letters,
        ],
        run.letters.includes("c") ? "cow" : "",
      ),
    );
  }
  body.replaceChildren(...lines);
}
