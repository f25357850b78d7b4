// Keys: those of the keyboard while the screen has the focus, the row of keys
// for fingers, and a line of text for keyboards on glass.

const ROW = [
  ["Esc", "Esc"],
  ["Tab", "Tab"],
  ["^C", "Ctrl C"],
  ["^D", "Ctrl D"],
  ["^Z", "Ctrl Z"],
  ["Up", "↑"],
  ["Down", "↓"],
  ["Left", "←"],
  ["Right", "→"],
  ["Backspace", "⌫"],
  ["Enter", "Enter"],
];

export function attachKeys(machine, screen, row, line) {
  screen.addEventListener("focus", () => machine.listen(true));
  screen.addEventListener("blur", () => machine.listen(false));
  screen.addEventListener("pointerdown", () => screen.focus());
  // Shift and Tab leave the screen: the browser's own way back
  screen.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && event.shiftKey) event.stopPropagation();
  });
  for (const [name, label] of ROW) {
    const button = document.createElement("button");

    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", `Key ${name.replace("^", "Ctrl ")}`);
    button.addEventListener("click", () => machine.press(name));
    row.append(button);
  }
  line.addEventListener("submit", (event) => {
    const [input] = line.elements;

    event.preventDefault();
    machine.type(`${input.value}\n`);
    input.value = "";
  });
}
