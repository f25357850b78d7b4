// The disk: from the page, from a file of the user's, or kept in the browser.

import { asset } from "cowix/assets.js";

const DATABASE = "cowix";
const STORE = "disks";

// Returns the disk that came with the page.
export function freshDisk() {
  return asset("cowix.img");
}

// Throws an error that says why a disk cannot be used here. The stamp is the
// place and the checksum of the kernel, in the boot sector (kernel.json).
export function checkDisk(disk, stamp) {
  const { offset, bytes, size } = stamp;
  const found = disk.subarray(offset, offset + bytes.length);

  if (disk.length !== size)
    throw new Error(`a floppy has ${size} bytes, and this file ${disk.length}`);
  if (disk[510] !== 0x55 || disk[511] !== 0xaa)
    throw new Error("this file is no disk that boots");
  if (bytes.some((byte, i) => byte !== found[i]))
    throw new Error(
      "this disk has another kernel than the one that the page knows",
    );
}

// Has the browser store the disk as a file.
export function download(disk) {
  const link = document.createElement("a");

  link.href = URL.createObjectURL(new Blob([disk]));
  link.download = "cowix.img";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const finished = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function database() {
  const request = indexedDB.open(DATABASE, 1);

  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return finished(request);
}

// Keeps a disk in the browser, until the next one is kept.
export async function keep(disk) {
  const db = await database();
  const change = db.transaction(STORE, "readwrite");

  change.objectStore(STORE).put(disk, "floppy");
  await new Promise((done, failed) => {
    change.oncomplete = done;
    change.onerror = change.onabort = () => failed(change.error);
  });
  db.close();
}

// Returns the disk that was kept, or undefined.
export async function keptDisk() {
  const db = await database();
  const store = db.transaction(STORE).objectStore(STORE);
  const disk = await finished(store.get("floppy"));

  db.close();
  return disk;
}
