// A browser for the tests: headless Chromium, and the folder behind a server.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));

const top = path.resolve(here, "../..");
export const FOLDER = process.env.COWIX_WEB ?? path.join(top, "build/web");
// Where the tests leave pictures of what they saw.
export const PICTURES = `${FOLDER}-pictures`;
export const LIMIT = 120_000; // milliseconds that a machine under load may need
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

async function answer(request, response) {
  const name = new URL(request.url, "http://cowix").pathname.slice(1);
  const file = path.join(FOLDER, name || "index.html");

  try {
    const type = TYPES[path.extname(file)] ?? "application/octet-stream";
    const content = await readFile(file);

    response.writeHead(200, { "content-type": type }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

// Starts a server of the folder. Returns it and its address.
async function serve() {
  const server = createServer(answer);

  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

// Starts a browser. Each page that it opens fails the test by an error in it.
export async function openBrowser() {
  const { server, address } = await serve();
  const executablePath =
    process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const errors = [];

  return {
    address,
    errors,
    async page(url = address, options = {}) {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 1000 },
        ...options,
      });

      page.setDefaultTimeout(LIMIT);
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

// Waits for the last line on the screen.
export async function lastLine(page, pattern) {
  await page.waitForFunction(
    (text) => new RegExp(text).test(globalThis.cowix?.machine.lastLine()),
    pattern.source,
    { timeout: LIMIT },
  );
}

// Presses the keys of a text, with Shift where a keyboard needs it.
export async function pressKeys(page, text) {
  for (const c of text) {
    const shift = /[A-Z~!@#$%^&*()_+{}|:"<>?]/.test(c);

    if (shift) await page.keyboard.down("Shift");
    await page.keyboard.press(c === "\n" ? "Enter" : c, { delay: 5 });
    if (shift) await page.keyboard.up("Shift");
  }
}

export const SHELL = /[#$]$/;

// Returns all that is on the screen.
export function screenText(page) {
  return page.evaluate(() => globalThis.cowix.machine.lines().join("\n"));
}
