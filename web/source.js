// The source of the kernel, with the line lit up that it is at, and the
// functions that led there.

export class Source {
  constructor(title, text, chain, table) {
    this.title = title;
    this.text = text;
    this.chain = chain;
    this.sources = table.sources;
    this.file = null;
  }

  // Shows where an event happened, and how the kernel came there.
  show(places) {
    const buttons = places.map((place) => {
      const item = document.createElement("li");
      const button = document.createElement("button");

      button.type = "button";
      button.textContent = `${place.function} ${place.file}:${place.line}`;
      button.addEventListener("click", () => this.light(place));
      item.append(button);
      return item;
    });

    this.chain.replaceChildren(...buttons);
    if (places.length) this.light(places[0]);
  }

  // Lights up one line.
  light({ function: name, file, line }) {
    this.title.textContent = `${file}:${line}, ${name}()`;
    if (file !== this.file) this.load(file);
    this.text.querySelector(".lit")?.classList.remove("lit");
    const lit = this.text.children[line - 1];

    if (!lit) return;
    lit.classList.add("lit");
    this.text.scrollTop =
      lit.offsetTop - this.text.offsetTop - this.text.clientHeight / 3;
  }

  load(file) {
    const lines = (this.sources[file] ?? `${file} is not shown here.`)
      .split("\n")
      .map((text, i) => {
        const line = document.createElement("span");

        line.dataset.number = i + 1;
        line.textContent = `${text}\n`;
        return line;
      });

    this.file = file;
    this.text.replaceChildren(...lines);
  }
}
