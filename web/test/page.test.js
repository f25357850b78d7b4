// The page in a browser. What it shows is compared with what the guest says.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  FOLDER,
  LIMIT,
  PICTURES,
  SHELL,
  lastLine,
  openBrowser,
  pressKeys,
  screenText,
} from "./browser.js";

const STOPS = 7;
const PAGES = /pages>$/;

let browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
});

after(() => browser.close());

// Runs a test on a page of its own, on which the shell waits.
function onPage(name, body, { url, ...options } = {}) {
  test(name, { timeout: 4 * LIMIT }, async () => {
    browser.errors.length = 0;
    const page = await browser.page(url, options);

    await lastLine(page, SHELL);
    await body(page);
    assert.deepEqual(browser.errors, []);
    await page.close();
  });
}

// Types a line on the screen, and waits for a prompt.
async function type(page, line, prompt = SHELL) {
  const before = await screenText(page);

  await page.locator("#screen").focus();
  await pressKeys(page, `${line}\n`);
  await page.waitForFunction(
    (text) => globalThis.cowix.machine.lines().join("\n") !== text,
    before,
  );
  await lastLine(page, prompt);
}

const waitForEvent = (page) =>
  page.waitForFunction(() => globalThis.cowix.motion.current, null);

// Leaves a picture of the page, when what has changed is marked no longer.
async function picture(page, name) {
  await page.waitForFunction(() => globalThis.cowix.map.changed.size === 0);
  await page.screenshot({ path: path.join(PICTURES, name), fullPage: true });
}

// Returns the number of a source line that contains a text.
function lineOf(file, text) {
  const place = new URL(`../../${file}`, import.meta.url);

  return (
    readFileSync(place, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

// Returns what the page knows of a process, as /proc/PID/pages prints it.
function pagesOf(page, pid) {
  return page.evaluate((pid) => {
    const cowix = globalThis.cowix;

    cowix.select(pid);
    return cowix.runs.map((run) => [
      run.start.toString(16).padStart(8, "0"),
      run.pages,
      (run.frame * 4096).toString(16).padStart(8, "0"),
      run.count,
      run.letters,
    ]);
  }, pid);
}

onPage("it boots, and takes what is typed", async (page) => {
  await type(page, "echo $((6 * 7)) $(uname)");
  assert.match(await screenText(page), /^42 Cowix$/m);
  await picture(page, "shell.png");
});

onPage("page tables and counts are the guest's own", async (page) => {
  await type(page, "clear");
  await type(page, "cat /proc/1/pages");
  const guest = (await screenText(page))
    .split("\n")
    .filter((line) => /^[0-9a-f]{8} /.test(line))
    .map((line) => line.trim().split(/ +/))
    .map(([start, n, ...rest]) => [start, Number(n), ...rest])
    .map(([start, n, frame, count, letters]) => [
      start,
      n,
      frame,
      Number(count),
      letters,
    ]);

  assert.ok(guest.length > 4);
  assert.deepEqual(await pagesOf(page, 1), guest);
});

onPage("kinds of frames are as the audit counts them", async (page) => {
  await type(page, "clear");
  await type(page, "grep '^free\\|tty\\|trace\\|kmalloc' /proc/audit");
  const text = await screenText(page);
  const owned = (name) =>
    Number(text.match(new RegExp(`^owner ${name} +(\\d+)`, "m"))[1]);
  const free = Number(text.match(/^free +(\d+)/m)[1]);
  const shown = await page.evaluate(() => {
    globalThis.cowix.refresh();
    const { guest } = globalThis.cowix;
    const { owners } = guest.frames();
    const count = (name) =>
      owners.filter((owner) => guest.ownerNames[owner] === name).length;

    return {
      tty: count("tty"),
      trace: count("trace"),
      kmalloc: count("kmalloc"),
      boot: count("boot"),
      free: guest.freeFrames(),
      dark: globalThis.cowix.totals.free,
      frames: guest.frames().number,
    };
  });

  for (const name of ["tty", "trace", "kmalloc"])
    assert.equal(shown[name], owned(name), name);
  assert.equal(shown.frames, 1024);
  // cat has ended since: its frames are free again
  assert.ok(shown.free >= free && shown.free < free + 60);
  assert.equal(shown.dark, shown.free);
});

onPage("a fork shares, a write copies, an exit frees", async (page) => {
  const shared = () =>
    page.evaluate(() => {
      globalThis.cowix.refresh();
      return globalThis.cowix.totals.shared;
    });

  await type(page, "pages", PAGES);
  const first = await shared();
  await type(page, "fork", PAGES);
  const after = await shared();
  assert.ok(after >= first + 16, `${after} frames are shared`);
  await type(page, "read", PAGES);
  assert.equal(await shared(), after);
  await type(page, "write 3", PAGES);
  assert.equal(await shared(), after - 1);
  await type(page, "write 4", PAGES);
  assert.equal(await shared(), after - 2);
  await type(page, "write 4", PAGES);
  assert.equal(await shared(), after - 2);
  await type(page, "exit", PAGES);
  assert.equal(await shared(), first);
});

onPage("slow motion stops at a copy, with the line of it", async (page) => {
  await type(page, "pages", PAGES);
  await type(page, "fork", PAGES);
  const base = (await screenText(page)).match(/16 pages at (\w+)/)[1];
  await page.click("[data-step=copy]");
  await page.locator("#screen").focus();
  await pressKeys(page, "write 9\n");
  await waitForEvent(page);
  const event = await page.evaluate(() => globalThis.cowix.motion.current);
  const line = lineOf("mm/memory.c", "trace_page(TRACE_COPY");
  const address = parseInt(base, 16) + 9 * 4096;

  assert.equal(event.word, "copy");
  assert.equal(event.addr, address);
  assert.deepEqual([event.before, event.after], [2, 1]);
  assert.deepEqual(event.chain.map((place) => place.function).slice(0, 2), [
    "copy_shared_page",
    "do_wp_page",
  ]);
  await page.waitForSelector("#source .lit");
  assert.match(
    await page.textContent("#source .lit"),
    /trace_page\(TRACE_COPY/,
  );
  assert.equal(
    await page.getAttribute("#source .lit", "data-number"),
    String(line),
  );
  assert.match(await page.textContent("#state"), /waits/);
  // the entry points at the copy already, and the counts agree
  const counts = await page.evaluate(({ frame, other }) => {
    const { counts } = globalThis.cowix.guest.frames();

    return [counts[frame / 4096], counts[other / 4096]];
  }, event);
  assert.deepEqual(counts, [1, 1]);
  // it does wait: nothing more is on the screen
  const still = await screenText(page);
  await page.waitForTimeout(500);
  assert.equal(await screenText(page), still);
  await picture(page, "copy.png");
  await page.click("#run");
  await lastLine(page, PAGES);
});

onPage("each kind of event can be waited for", async (page) => {
  const next = async (kind, words) => {
    await page.click(`[data-step=${kind}]`);
    await waitForEvent(page);
    const event = await page.evaluate(() => globalThis.cowix.motion.current);

    assert.ok(words.includes(event.word), `${kind}: ${event.word}`);
    assert.notEqual(event.chain.length, 0);
    return event;
  };

  await page.click("[data-step=share]");
  await page.evaluate(() => globalThis.cowix.machine.type("(x=1)\n"));
  await waitForEvent(page);
  const first = await next("any", ["share"]);
  const second = await next("any", ["share"]);
  assert.equal(second.number, first.number + 1);
  await next("copy", ["copy"]);
  await next("free", ["free"]);
  await next("reuse", ["reuse"]);
  await page.click("#run");
  await lastLine(page, SHELL);
  await page.click("[data-step=fault]");
  await page.evaluate(() => globalThis.cowix.machine.type("true; ls\n"));
  await waitForEvent(page);
  await next("fault", ["fault"]);
  await page.click("#run");
  await lastLine(page, SHELL);
});

onPage("slowly: event after event, and no end", async (page) => {
  await page.click("#slow");
  await page.evaluate(() => globalThis.cowix.machine.type("(x=1)\n"));
  const number = () => globalThis.cowix.motion.current?.number;
  const first = await (await page.waitForFunction(number)).jsonValue();

  await page.waitForFunction(
    (first) => globalThis.cowix.motion.current?.number >= first + 3,
    first,
  );
  await page.click("#run");
  await lastLine(page, SHELL);
});

onPage("the tour runs, forwards and back", async (page) => {
  const goes = async (name) => {
    await page.click(`[data-tour=${name}]`);
    await page.waitForFunction(() => !globalThis.cowix.tour.busy);
    assert.equal(await page.textContent("[data-tour=status]"), "");
    assert.equal(await page.locator("[data-tour=text] p").count(), 5);
  };
  const totals = () =>
    page.evaluate(() => {
      globalThis.cowix.refresh();
      return globalThis.cowix.totals;
    });

  let forked = 0; // frames that are shared then

  for (let stop = 1; stop <= STOPS; stop++) {
    if (stop === 5) {
      // the line with the pages' address is no longer on the screen
      await page.locator("#screen").focus();
      await pressKeys(page, "\n".repeat(26));
      await lastLine(page, PAGES);
    }
    await goes("next");
    assert.match(
      await page.textContent("[data-tour=title]"),
      new RegExp(`^${stop} of ${STOPS}`),
    );
    await picture(page, `stop${stop}.png`);
    const { shared } = await totals();
    const event = await page.evaluate(
      () => globalThis.cowix.motion.current?.word,
    );

    if (stop === 3) forked = shared;
    if (stop === 3) assert.ok(shared >= 16);
    if (stop === 4) assert.equal(shared, forked);
    if (stop === 5) assert.deepEqual([shared, event], [forked - 1, "copy"]);
    if (stop === 6) assert.ok(shared <= forked - 16);
    if (stop === 7) assert.equal(event, "split");
  }
  assert.ok(await page.isDisabled("[data-tour=next]"));
  assert.match(await page.textContent("#source-title"), /mm\/lazy\.c/);
  await goes("back");
  await goes("back");
  assert.match(await page.textContent("#source .lit"), /TRACE_COPY/);
  for (let stop = 5; stop > 1; stop--) await goes("back");
});

onPage("the disk is saved as a file, and loaded again", async (page) => {
  await type(page, "echo as before > /root/note");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click("[data-disk=save]"),
  ]);
  const file = await download.path();

  await page.click("[data-disk=fresh]");
  await page.waitForFunction(() =>
    /fresh/.test(document.querySelector("#disk-state").textContent),
  );
  await lastLine(page, SHELL);
  await type(page, "cat /root/note");
  assert.match(await screenText(page), /No such file/);
  await page.setInputFiles("#file", file);
  await page.waitForFunction(() =>
    /^(?!A fresh).*in the drive/.test(
      document.querySelector("#disk-state").textContent,
    ),
  );
  await lastLine(page, SHELL);
  await type(page, "cat /root/note");
  assert.match(await screenText(page), /^as before$/m);
});

onPage("the disk is kept in the browser", async (page) => {
  await type(page, "echo still here > /root/note");
  await page.click("[data-disk=keep]");
  await page.waitForFunction(() =>
    /keeps/.test(document.querySelector("#disk-state").textContent),
  );
  await page.reload();
  await lastLine(page, SHELL);
  await page.click("[data-disk=kept]");
  await page.waitForFunction(() =>
    /kept/.test(document.querySelector("#disk-state").textContent),
  );
  await lastLine(page, SHELL);
  await type(page, "cat /root/note");
  assert.match(await screenText(page), /^still here$/m);
});

onPage("what is no disk of this kernel is refused", async (page) => {
  const give = async (buffer) => {
    await page.setInputFiles("#file", {
      name: "x.img",
      mimeType: "application/octet-stream",
      buffer,
    });
    await page.waitForFunction(() =>
      /failed/.test(document.querySelector("#disk-state").textContent),
    );
    return page.textContent("#disk-state");
  };
  const other = readFileSync(path.join(FOLDER, "cowix.img"));
  const { stamp } = JSON.parse(readFileSync(path.join(FOLDER, "kernel.json")));

  other[stamp.offset + stamp.bytes.length - 1] ^= 1;
  assert.match(await give(Buffer.alloc(100)), /1474560 bytes/);
  assert.match(await give(other), /another kernel/);
  await page.waitForFunction(() => globalThis.cowix.machine.running);
  await type(page, "echo alive");
  assert.match(await screenText(page), /^alive$/m);
});

onPage(
  "it fits a phone, and fingers can type",
  async (page) => {
    const width = await page.evaluate(
      () => document.documentElement.scrollWidth,
    );

    assert.ok(width <= 360, `the page is ${width} wide`);
    for (const part of ["#screen", "#map", "#keys", "[data-tour=next]"]) {
      const box = await page.locator(part).boundingBox();

      assert.ok(box.x >= 0 && box.x + box.width <= 360, part);
    }
    await page.locator("#line input").fill("echo by finger");
    await page.locator("#line button").tap();
    await page.waitForFunction(() =>
      globalThis.cowix.machine.lines().includes("by finger"),
    );
    await page.locator("#line input").fill("sleep 1000");
    await page.locator("#line button").tap();
    await lastLine(page, /sleep 1000$/);
    await page.getByRole("button", { name: "Key Ctrl C" }).tap();
    await lastLine(page, SHELL);
    await page.getByRole("button", { name: "Key Up" }).tap();
    await lastLine(page, /sleep 1000$/);
    await page.getByRole("button", { name: "Key Ctrl C" }).tap();
    await lastLine(page, SHELL);
    await page.tap("[data-tour=next]");
    await page.waitForFunction(() => !globalThis.cowix.tour.busy);
    await picture(page, "phone.png");
  },
  {
    viewport: { width: 360, height: 720 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  },
);

onPage("all of it can be done by keyboard", async (page) => {
  const focused = () =>
    page.evaluate(() => {
      const e = document.activeElement;

      return e.id || e.dataset.tour || e.dataset.step || e.textContent;
    });
  const tabTo = async (name, key = "Tab") => {
    for (let i = 0; i < 80; i++) {
      if ((await focused()) === name) return;
      await page.keyboard.press(key);
    }
    assert.fail(`Tab does not reach ${name}`);
  };

  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "screen");
  await pressKeys(page, "ec");
  await page.keyboard.press("Tab"); // completes: the guest's own Tab
  await pressKeys(page, "typed\n");
  await page.waitForFunction(() =>
    globalThis.cowix.machine.lines().includes("typed"),
  );
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(), "Go on behind the screen");
  await page.keyboard.press("Enter");
  await tabTo("Esc");
  await tabTo("map");
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.match(
    await page.textContent("#frame"),
    /^Frame 00029000: count \d+, kernel, owner /,
  );
  await tabTo("next");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !globalThis.cowix.tour.busy);
  await tabTo("any");
  await page.keyboard.press("Enter");
  await page.evaluate(() => globalThis.cowix.machine.type("ls\n"));
  await waitForEvent(page);
  await tabTo("run", "Shift+Tab");
  await page.keyboard.press("Enter");
  await lastLine(page, SHELL);
  const outline = await page.evaluate(
    () => getComputedStyle(document.activeElement).outlineStyle,
  );
  assert.equal(outline, "solid");
});

onPage(
  "one file is the whole page, without a server",
  async (page) => {
    await type(page, "echo offline");
    assert.match(await screenText(page), /^offline$/m);
    await page.click("[data-tour=next]");
    await page.waitForFunction(() => !globalThis.cowix.tour.busy);
    assert.equal(await page.locator("[data-tour=text] p").count(), 5);
  },
  { url: pathToFileURL(path.join(FOLDER, "cowix.html")).href },
);

onPage("nothing without a name, for those who do not see", async (page) => {
  const nameless = await page.evaluate(() =>
    Array.from(document.querySelectorAll("button, input, select, [tabindex]"))
      .filter(
        (e) =>
          !e.textContent.trim() &&
          !e.getAttribute("aria-label") &&
          !e.getAttribute("aria-labelledby") &&
          !e.labels?.length,
      )
      .map((e) => e.outerHTML),
  );

  assert.deepEqual(nameless, []);
});
