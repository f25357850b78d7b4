// The seven stops of the tour. Each says in five sentences what is to be seen,
// and does something in the machine (`act`, with the Tour as its argument).
// `look` names what on the map to look at (KINDS of frames.js).

const WRITTEN = 5; // the page that the child writes

export const STOPS = [
  {
    title: "Power on",
    look: ["kernel", "free"],
    text: `
      A PC that has just been switched on knows only one program: the BIOS,
      in a chip.

      It reads the first 512 bytes of the floppy, and these read the rest,
      the kernel of Cowix.

      The kernel divides the memory into frames of 4,096 bytes; each cell of
      the map is one.

      Grey frames hold the kernel and what it needs for itself; dark ones
      are free.

      At last it starts a shell, whose prompt, #, waits for a command.`,
    act: (tour) => tour.boot(),
  },
  {
    title: "The shell",
    look: ["own", "mapped", "table"],
    text: `
      The shell is a program that reads a line and does what the line says.

      The tour has typed ps, which lists the programs that run: each is a
      process with a number.

      A process has addresses of its own, and page tables say which frame is
      behind each.

      Cells with a white border are what the shell can reach; “Page tables”
      lists its addresses.

      Green frames are private; pale blue ones hold a program's file, and
      all its processes use them.`,
    async act(tour) {
      await tour.processes(0);
      await tour.command("ps");
      tour.select("sh");
    },
  },
  {
    title: "Fork",
    look: ["shared"],
    text: `
      Fork makes a new process, the child, as a copy of another, its parent.

      The program pages has sixteen pages of data and has just forked, but
      not one was copied.

      Both use the same frames: their count is 2 now, and they are orange.

      Neither may see what the other writes, so the kernel made the entries
      read-only and PAGE_COW.

      The list has these on a pink ground: r-c, may be read, not written,
      copied on write.`,
    async act(tour) {
      await tour.processes(1);
      await tour.word("fork");
      tour.select("pages");
    },
  },
  {
    title: "Read",
    look: ["shared"],
    text: `
      The child has now read all sixteen pages.

      Nothing has happened to the frames: they are still orange, and their
      counts are still 2.

      Any number of processes may read a page, and none can tell that it is
      shared.

      The processor did not even ask the kernel, since reading is allowed.

      Most children write to few of their pages, so most of the copying is
      never done.`,
    async act(tour) {
      await tour.processes(2);
      await tour.word("read");
      tour.select("pages");
    },
  },
  {
    title: "Write",
    look: ["shared", "own"],
    text: `
      The child writes to page ${WRITTEN}, which is read-only, so the
      processor calls the kernel: a page fault.

      The kernel waits behind the copy, at the line that is lit up under
      “Slow motion”.

      It saw PAGE_COW and a count of 2, took a free frame, and copied the
      page into it.

      The red borders are the old frame, whose count is 1 again, and the
      copy.

      With the next stop the kernel goes on, and the child's write is
      repeated, with success.`,
    async act(tour) {
      await tour.processes(2);
      await tour.stopAt("copy", `write ${WRITTEN}`, WRITTEN);
      tour.select("pages");
    },
  },
  {
    title: "Exit",
    look: ["own", "free"],
    text: `
      The child has ended, and the kernel has taken back all that it had.

      The count of each frame that it mapped went down by one.

      Its own copy has a count of 0 now: that frame is free and dark.

      The other pages have a count of 1 again and are green: only the parent
      has them.

      When the parent writes to one, there is a fault but no copy: the entry
      becomes writable.`,
    async act(tour) {
      await tour.processes(2);
      await tour.word("exit");
      tour.select("pages");
    },
  },
  {
    title: "LAZY",
    look: ["table", "shared"],
    text: `
      A process with much memory has many entries, and sharing them one by
      one takes time.

      The fork called LAZY lends the page tables themselves: they are
      violet, with a count of 2.

      Now PAGE_COW is in the directory, one level higher, and protects all
      pages of a table at once.

      The child has begun to write, and the kernel waits in lazy.c, before
      it copies that table.

      So a fork costs hardly more with much memory than with little: what
      changes is paid for.`,
    async act(tour) {
      await tour.processes(1);
      tour.motion.waitFor((event) => event.word === "split");
      await tour.type("lazy\n");
      await tour.stopped();
      tour.select("pages");
    },
  },
];
