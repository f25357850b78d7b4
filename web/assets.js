// The files beside the page. In cowix.html they are packed into the page.

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));

  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Returns the bytes of a file.
export async function asset(name) {
  const packed = globalThis.packedFiles?.[name];

  if (packed) return unpack(packed);
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

export async function jsonAsset(name) {
  return JSON.parse(new TextDecoder().decode(await asset(name)));
}
