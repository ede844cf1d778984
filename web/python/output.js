// What a cell gives when the reader runs it, in the place of what the book's gave.
import { later } from "./messages.js";

const element = (name, className, text = "") => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

export class Output {
  #printed = null;

  /** @param {{element: Element, input: Element}} place the cell's */
  constructor(place) {
    this.place = place;
    remove(place);
    for (const stored of place.element.querySelectorAll(":scope > .cell_output")) stored.hidden = true;
    this.box = element("div", "cell_output run-output");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", later.result);
    place.input.after(this.box);
  }

  /** Add to what is printed. */
  print(text) {
    if (!this.#printed) {
      this.#printed = element("pre", "run-printed");
      this.#printed.tabIndex = 0; // it may be wider than the page, and scrolls
      this.box.append(this.#printed);
    }
    this.#printed.append(text);
  }

  /** Show how a run ended. */
  finish({ value, right, error, ended, dropped, pictures = [], figure }, hint) {
    if (dropped) this.box.append(element("p", "run-word", later.cut(dropped)));
    const known = this.place.element.querySelector(":scope > .cell_output:not(.run-output) img")?.alt;
    for (const picture of pictures) {
      const drawn = element("img", "run-picture");
      drawn.alt = known ? later.bookDrew(known) : later.drawn;
      drawn.src = `data:image/png;base64,${picture}`;
      this.box.append(drawn);
    }
    if (right !== undefined) this.place.said.textContent = value; // a verdict
    else if (value !== undefined) {
      this.box.append(Object.assign(element("pre", "run-value", value), { tabIndex: 0 }));
    }
    if (ended !== undefined) this.box.append(element("p", "run-word", later.ended(ended)));
    if (error) this.box.append(errorBox(error, hint, this.place.id));
    this.place.element.classList.toggle("run-right", right === true);
    this.place.element.classList.toggle("run-not-yet", right === false);
    if (!this.box.childElementCount && !figure) this.box.remove();
  }

  /** Show what draws itself into an element, until a signal ends it. */
  draw(into) {
    const room = element("div", "run-figure");
    this.box.append(room);
    this.place.figure = new AbortController();
    into(room, this.place.figure.signal);
  }
}

/** The reader's lines on the way to an error, and what it says. */
function errorBox({ kind, text, frames }, hint, id) {
  const box = element("div", "run-error");
  for (const { cell, line, code, function: name } of frames) {
    const where = cell === `cell ${id}` ? later.inLine(line, name) : later.inLineAbove(line, name);
    box.append(element("p", "run-where", where), element("pre", "run-line", code));
  }
  box.append(element("p", "run-what", text ? `${kind}: ${text}` : kind));
  if (hint) box.append(element("p", "run-hint", hint));
  return box;
}

/** Take away what a run gave. */
export function remove(place) {
  place.figure?.abort();
  for (const box of place.element.querySelectorAll(":scope > .run-output, :scope > .run-proof")) box.remove();
  place.element.classList.remove("run-right", "run-not-yet");
}

/** Bring back what the book's run gave. */
export function restore(place) {
  remove(place);
  for (const stored of place.element.querySelectorAll(":scope > .cell_output")) stored.hidden = false;
}

/** Say under a cell whether it gives again what is printed; if not, what it gave and what is printed. */
export function prove(place, same, stored, now) {
  for (const box of place.element.querySelectorAll(":scope > .run-proof")) box.remove();
  const box = element("div", `run-proof ${same ? "run-same" : "run-differs"}`);
  box.append(element("p", "run-word", same ? later.same : later.differs));
  if (!same) {
    for (const [title, text] of [
      [later.stored, stored],
      [later.now, now],
    ]) {
      box.append(element("p", "run-where", title), Object.assign(element("pre", "run-line", text), { tabIndex: 0 }));
    }
  }
  place.element.append(box);
}
