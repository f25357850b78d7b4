// The seven stops of the tour. Each says in five sentences what is to be seen,
// and does something in the machine (`act`, with the Tour as its argument).
// `look` names what on the map to look at (KINDS of frames.js).

const WRITTEN = 5; // the page that the child writes

export const STOPS = [
  {
    title: "Power on",
    look: ["kernel", "free"],
    text: `
      A PC that has just been switched on knows only one program, the BIOS
      in a chip.

      It reads the first 512 bytes of the floppy, and they read the rest:
      the kernel of Cowix.

      The kernel divides the memory into frames of 4,096 bytes, and each
      cell of the map is one of them.

      Grey cells hold the kernel and what it needs for itself; dark ones
      are free.

      At the end it starts the first program, and you see the prompt of a
      shell, which waits for a command.`,
    act: (tour) => tour.boot(),
  },
  {
    title: "The shell",
    look: ["own", "mapped", "table"],
    text: `
      The shell is a program like any other: it reads a line and does what
      that line says.

      The tour has typed ps for you, which lists the programs that run;
      each running program is a process with a number.

      A process does not see frames: it has addresses of its own, and a
      page table says which frame is behind each.

      The cells with a white or pink border are those that the shell can
      reach, and the list “Page tables” has its addresses.

      A green frame is the shell's alone; a pale blue one is a page of the
      program's file, which all shells use together.`,
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
      A new process begins as a copy of another one: that is what fork
      does.

      The program pages has sixteen pages full of data, and has just
      forked; but not one of them was copied.

      Parent and child use the same frames: their count is 2 now, and they
      are orange.

      So that neither sees what the other writes, the kernel has taken
      away the right to write, and marked the entries PAGE_COW.

      The letters r-c in the list say so: may be read, may not be written,
      copy on write.`,
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
      Now the child has read all sixteen pages.

      Nothing has happened to their frames: each of them is still orange,
      and its count is still 2.

      Two can read the same page as long as they like, and neither can
      tell that it is shared.

      The processor did not even ask the kernel, since reading is allowed.

      Most children read much and write little, so most of the work of a
      copy is never done.`,
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
      Now the child writes to page ${WRITTEN}, and the processor refuses:
      the entry is read-only, which is a page fault.

      The kernel has stopped right behind the copy, at the line that is
      lit up in the source below.

      It saw PAGE_COW and a count of 2, so it took a free frame, copied
      the page, and let the child's entry point there.

      The red borders are the old frame, whose count has gone back to 1,
      and the new one.

      Only this one page was copied; the child goes on with the next stop,
      and its write happens as if nothing had been.`,
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

      For each entry of its page tables the count of the frame went down
      by one.

      Where it reached 0 the frame is free and dark: that was the child's
      own copy.

      Where it was 2 it is 1 now, and the frame is green again, for the
      parent alone.

      When the parent writes there is a fault once more, but no copy: the
      kernel only gives the right to write back.`,
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
      A process with much memory has many entries, and even to share them
      one by one takes time.

      The fork called LAZY shares the page tables instead: the map shows
      them in violet, with a count of 2.

      PAGE_COW is in the directory now, one level up, and protects all
      pages of a table at once.

      The child has begun to write, and the kernel has stopped at the line
      in lazy.c that first gives it a table of its own.

      What a fork costs no longer depends on how much memory there is;
      only what is changed is paid for.`,
    async act(tour) {
      await tour.processes(1);
      tour.motion.waitFor((event) => event.word === "split");
      await tour.type("lazy\n");
      await tour.stopped();
      tour.select("pages");
    },
  },
];
