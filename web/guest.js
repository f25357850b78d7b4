// The kernel's tables, read from the machine's memory. All addresses, offsets
// and bits come from kernel.json (tools/web); nothing is known in advance.

export class Guest {
  // read(physical, length) returns bytes; table is kernel.json.
  constructor(read, table) {
    this.read = read;
    this.table = table;
    Object.assign(this, table.constants);
    this.ownerNames = Object.entries(table.enumerations.page_owner)
      .filter(([name]) => name.startsWith("OWNER_"))
      .map(([name]) => name.slice("OWNER_".length).toLowerCase());
    this.owner = table.enumerations.page_owner;
    this.events = table.enumerations.trace_kind;
  }

  isKernel(address) {
    return (
      address >= this.KERNEL_BASE &&
      address - this.KERNEL_BASE < this.LINEAR_MAP_MAX
    );
  }

  // Returns a copy of memory at an address of the kernel, as words.
  words(address, count) {
    const bytes = this.read(address - this.KERNEL_BASE, count * 4);

    return new Uint32Array(bytes.slice().buffer);
  }

  word(address) {
    return this.isKernel(address) ? this.words(address, 1)[0] : 0;
  }

  variable(name) {
    return this.word(this.table.symbols[name]);
  }

  offset(structure, member) {
    return this.table.structures[structure].fields[member].offset;
  }

  member(structure, address, member) {
    return this.word(address + this.offset(structure, member));
  }

  text(address, length) {
    const bytes = this.read(address - this.KERNEL_BASE, length);
    const end = bytes.indexOf(0);

    return String.fromCharCode(...bytes.subarray(0, end < 0 ? length : end));
  }

  // Yields the structures of a circular list, whose head is at an address.
  *list(head, structure, link, most = 4096) {
    let node = this.member("list", head, "next");

    for (; this.isKernel(node) && node !== head && most > 0; most--) {
      yield node - this.offset(structure, link);
      node = this.member("list", node, "next");
    }
  }

  // Returns the counts and owners of all frames; none before the kernel has
  // set up its memory.
  frames() {
    const size = this.table.structures.page.size / 4;
    const base = this.variable("mem_map");
    const number = this.isKernel(base) ? this.variable("nr_frames") : 0;
    const words = number ? this.words(base, number * size) : [];
    const count = this.offset("page", "count") / 4;
    const next = this.offset("page", "next") / 4;
    const counts = new Uint32Array(number);
    const owners = new Uint8Array(number);

    for (let i = 0; i < number; i++) {
      counts[i] = words[i * size + count];
      owners[i] = counts[i]
        ? words[i * size + next] & (this.PAGE_SIZE - 1)
        : this.owner.OWNER_NONE;
    }
    return { number, counts, owners };
  }

  freeFrames() {
    return this.variable("nr_free_pages");
  }

  zeroFrame() {
    return this.variable("zero_page") >>> this.PAGE_SHIFT;
  }

  // Returns the processes, in the order in which the kernel lists them.
  tasks() {
    const tasks = [];

    for (const at of this.list(
      this.table.symbols.all_tasks,
      "task_struct",
      "all_link",
    )) {
      const mm = this.member("task_struct", at, "mm");
      const comm = this.table.structures.task_struct.fields.comm;

      tasks.push({
        pid: this.member("task_struct", at, "pid"),
        name: this.text(at + comm.offset, comm.size),
        mm,
        pgdir: mm ? this.member("mm", mm, "pgdir") : 0,
      });
    }
    return tasks;
  }

  // Yields the page tables of a process: first address, frame, lent or not.
  *tables(task) {
    if (!this.isKernel(task.pgdir)) return;
    const directory = this.words(task.pgdir, this.USER_PDES);

    for (let i = 0; i < this.USER_PDES; i++)
      if (directory[i] & this.PTE_P)
        yield {
          start: i * this.LARGE_PAGE_SIZE,
          frame: directory[i] >>> this.PAGE_SHIFT,
          lent: (directory[i] & this.PAGE_COW) !== 0,
        };
  }

  // Yields the entries of a process: address, entry, the table it is in.
  *entries(task) {
    for (const table of this.tables(task)) {
      const entries = this.words(
        this.KERNEL_BASE + table.frame * this.PAGE_SIZE,
        this.PTES_PER_TABLE,
      );

      for (let i = 0; i < entries.length; i++)
        if (entries[i])
          yield {
            address: table.start + i * this.PAGE_SIZE,
            entry: entries[i],
            table,
          };
    }
  }

  isMapped(entry) {
    return (entry & this.PTE_MAPPED) !== 0;
  }

  // Returns the event that was recorded last.
  lastEvent() {
    const number = this.variable("events") - 1;
    const size = this.table.structures.event.size;
    const inPage = Math.floor(this.PAGE_SIZE / size);
    const slot = number % (inPage * this.table.ring_pages);
    const page = this.word(
      this.table.symbols.ring + 4 * Math.floor(slot / inPage),
    );
    const at = page + (slot % inPage) * size;
    const event = { number };

    for (const name of ["kind", "pid", "addr", "frame"])
      event[name] = this.member("event", at, name);
    for (const name of ["before", "after", "other"])
      event[name] = this.member("event", at, name);
    event.word = this.table.words[event.kind];
    if (event.kind >= this.events.TRACE_FORK)
      event.text = this.text(
        at + this.offset("event", "text"),
        this.table.structures.event.fields.text.size,
      );
    return event;
  }

  // Returns who called whom, the innermost first, from a frame pointer on.
  // Functions that were inlined are there, too.
  callers(frame) {
    const chain = [];
    const { calls, functions, files } = this.table;

    while (this.isKernel(frame)) {
      const [next, back] = this.words(frame, 2);
      const places = calls[back] ?? [];

      for (let i = 0; i < places.length; i += 3)
        chain.push({
          function: functions[places[i]],
          file: files[places[i + 1]],
          line: places[i + 2],
        });
      // a stack is a part of one page, and grows down
      if (next <= frame || next >>> 12 !== frame >>> 12) break;
      frame = next;
    }
    return chain;
  }
}
