// The cells of a page, once the reader wants to run one: in which order they run, and what becomes of it.
import { areaFor } from "./area.js";
import { hintFor } from "./hints.js";
import { later } from "./messages.js";
import { Output, prove, restore } from "./output.js";
import { Absent, Python, Stopped } from "./python.js";

const LONG = 10_000; // ms, after which a reader is told how to stop
const HAS_KEYS = matchMedia("(hover: hover)");

/** Read the page's cells, and be ready to do with them what a reader asks for. */
export async function open({ cells: answer, here, places, kept, recompute }) {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const { cells, files, packages } = await answer.json();
  return new Session(cells, new Python(new URL("worker.js", here), files, packages), places, kept, recompute, here);
}

/** What the worker is told of a cell that it is to run. */
const toldOf = ({ id, prelude, needs }, source, anew) => ({ name: `cell ${id}`, source, prelude, anew, needs });

/** Where in this code the reader clicked, counted in characters; 0 if elsewhere. */
function clicked(code) {
  const { anchorNode, anchorOffset } = getSelection();
  if (!code.contains(anchorNode)) return 0;
  const before = new Range();
  before.setStart(code.querySelector("pre"), 0);
  before.setEnd(anchorNode, anchorOffset);
  return before.toString().length;
}

/** How a run ended, in a few words, or the verdict on an answer: what else it gave stands below. */
function ended({ error, right, seconds, value }) {
  if (error) return later.failed(error.kind);
  return right === undefined ? later.done(seconds) : value;
}

class Session {
  #last = Promise.resolve(); // the run that is under way
  #log = []; // what has run in this Python, in its order
  #running = 0; // runs that are under way or wait
  #stops = 0;
  #generation = 0;
  #editor = null;

  constructor(cells, python, places, kept, recompute, here) {
    Object.assign(this, { cells, python, places, kept, page: recompute, here });
    this.carried = Object.values(python.packages).flatMap(({ imports }) => imports);
    this.byId = new Map(cells.map((cell) => [cell.id, cell]));
    document.addEventListener("figure-asks", (event) => this.#answer(event));
  }

  /** Say to a live figure where the reader's own step leads, if the cell that makes it has run. */
  async #answer(event) {
    const { ask, own, answer } = event.detail;
    const below = this.cells.findIndex(({ id }) => event.target.closest(`[id="cell-${id}"]`));
    const maker = this.cells.slice(0, below + 1).findLast(({ role, makes }) => role === "text" && makes.includes(own));
    const ran = this.#generation === this.python.generation && this.#log.findLast(({ id }) => id === maker?.id);
    const there = ran && (this.places.get(ran.id)?.area || ran.source === maker.source); // not a text that was given up
    if (!there) return;
    event.preventDefault();
    const turn = this.#last.then(() => this.python.path(own, ask));
    this.#last = turn.catch(() => {});
    try {
      answer(await turn);
    } catch {
      answer({}); // stopped
    }
  }

  /** Run a cell, after those that it needs and after the one that is running. */
  run(id) {
    const place = this.places.get(id);
    return this.#inTurn(place, () => this.#runAfterThoseAbove(this.byId.get(id), place));
  }

  /** End what runs, and forget what waits. */
  stop() {
    this.#stops += 1;
    this.python.stop();
  }

  /** Run all cells as the book has them, and compare. */
  recompute() {
    return this.#inTurn(this.page, () => this.#recompute());
  }

  /** Make the code of a cell one that can be changed. */
  async edit(id) {
    const place = this.places.get(id);
    if (!place.area) {
      const at = clicked(place.code);
      place.area = areaFor(place, place.book);
      place.area.setSelectionRange(at, at);
    }
    place.edit.hidden = true;
    if (HAS_KEYS.matches) place.said.textContent ||= later.keys;
    if (place.editor) return place.editor.focus();
    place.area.focus();
    this.#editor ??= import(new URL("editor.js", this.here).href);
    let mount;
    try {
      ({ mount } = await this.#editor);
    } catch {
      this.#editor = null; // the plain one stays
      return undefined;
    }
    if (place.area && !place.editor) {
      place.editor = mount(place.area, { run: () => this.run(id) });
    }
    return undefined;
  }

  /** Bring back the book's code and what it gave, and forget the reader's. */
  back(id) {
    const place = this.places.get(id);
    restore(place);
    place.said.textContent = "";
    if (place.role === "exercise") {
      place.editor?.set(place.book);
      place.area.value = place.book;
      place.area.dispatchEvent(new Event("input"));
    }
    this.kept.forget(id);
    place.back.hidden = true;
    if (place.role === "exercise") return place.run.focus();
    place.editor?.remove();
    place.area?.remove();
    place.area = place.editor = undefined;
    place.code.hidden = false;
    place.edit.hidden = false;
    place.edit.focus();
    document.dispatchEvent(new Event("python-ran")); // for figures, whose step it may have made
    return undefined;
  }

  /** The text of a cell as it stands on the page. */
  #text(cell) {
    return this.places.get(cell.id)?.area?.value ?? cell.source;
  }

  async #inTurn(bar, work) {
    if (bar.busy) return;
    bar.busy = true;
    const stops = this.#stops;
    const before = this.#last;
    bar.run.ariaDisabled = "true"; // and keeps the focus
    bar.stop.hidden = false;
    bar.bar.classList.add("run-busy"); // also if the keyboard asked for it
    bar.said.textContent = this.#running ? later.waits : later.begins;
    this.#running += 1;
    const turn = (async () => {
      await before;
      if (stops !== this.#stops) throw new Stopped();
      await this.python.start((part, what) => {
        bar.said.textContent = part < 1 ? later.coming(part, what) : later.begins;
      });
      await work();
    })();
    this.#last = turn.catch(() => {});
    try {
      await turn;
    } catch (problem) {
      bar.said.textContent = this.#ofFailure(problem);
    } finally {
      bar.busy = false;
      bar.bar.classList.remove("run-busy");
      this.#running -= 1;
      const focused = document.activeElement === bar.stop;
      bar.run.ariaDisabled = null;
      bar.stop.hidden = true;
      if (focused) bar.run.focus();
      document.dispatchEvent(new Event("python-ran"));
    }
  }

  #ofFailure(problem) {
    if (problem instanceof Stopped) return later.stopped;
    if (problem instanceof Absent) return later.absent;
    console.debug(problem);
    return later.crashed;
  }

  async #runAfterThoseAbove(cell, place) {
    const { above, anew } = this.#plan(cell);
    for (const [number, each] of above.entries()) {
      const begin = () => {
        place.said.textContent = later.above(number + 1, above.length);
      };
      const shown = this.places.get(each.id);
      const changed = this.#text(each) !== each.source;
      const { error } = await this.#runOne(each, anew && number === 0, changed ? shown : null, begin);
      if (error) {
        if (shown && !changed) new Output(shown).finish({ error }, this.#hint(error, each));
        this.#sayStopped(place, error, shown);
        return;
      }
    }
    let long;
    const begin = () => {
      place.said.textContent = later.running;
      long = setTimeout(() => {
        place.said.textContent = later.long;
      }, LONG);
    };
    try {
      const done = await this.#runOne(cell, anew && !above.length, place, begin);
      const text = this.#text(cell);
      place.said.textContent = ended(done);
      if (place.role !== "exercise") place.back.hidden = false;
      else if (done.right !== undefined && text !== place.book) {
        this.kept.write(cell.id, { text, right: done.right, said: done.value });
      }
    } finally {
      clearTimeout(long);
    }
  }

  /** Which cells have to run first, and whether in a notebook without names: one in which none has run out of turn. */
  #plan(cell) {
    if (this.#generation !== this.python.generation) {
      this.#generation = this.python.generation;
      this.#log = [];
    }
    const above = cell.before.map((id) => this.byId.get(id));
    const text = above.filter(({ role }) => role === "text");
    const ran = this.#log.filter(({ role }) => role === "text");
    while (ran.length && ran.at(-1).id === cell.id) ran.pop();
    const inOrder = ran.every(({ id, source }, place) => id === text[place]?.id && source === this.#text(text[place]));
    if (!inOrder || !this.#log.length) return { above, anew: true };
    const has = (each) => this.#log.some(({ id, source }) => id === each.id && source === this.#text(each));
    return { above: [...text.slice(ran.length), ...above.filter((each) => each.role !== "text" && !has(each))], anew: false };
  }

  #hint(error, cell) {
    return hintFor(error, cell, this.cells, this.#text(cell), this.carried);
  }

  /** Run a cell; what it gives is shown at its place, if there is one. `begin` is called when it begins. */
  async #runOne(cell, anew, place, begin) {
    const source = this.#text(cell);
    const told = toldOf(cell, source, anew);
    const run = async (needs) => {
      const output = place && new Output(place);
      place?.editor?.mark(null);
      return [await this.python.run({ ...told, needs }, (text) => output?.print(text), begin), output];
    };
    let [done, output] = await run(cell.needs);
    const missing = done.error?.missing?.split(".")[0];
    if (this.carried.includes(missing) && !cell.needs.includes(missing)) {
      [done, output] = await run([...cell.needs, missing]); // the reader's text imports what the book's does not
    }
    if (anew) this.#log = [];
    if (!done.error) this.#log.push({ id: cell.id, role: cell.role, source });
    output?.finish(done, done.error && this.#hint(done.error, cell));
    if (done.figure) await this.#draw(output, done.figure);
    const own = done.error?.frames.findLast((frame) => frame.cell === told.name);
    if (own) place?.editor?.mark(own.line);
    return done;
  }

  /** Make the live figure that a cell's value is. */
  async #draw(output, settings) {
    const { draw } = await import(new URL("figure.js", this.here).href);
    output?.draw((element, signal) => draw(element, settings, signal, this.here));
  }

  #sayStopped(place, error, shown) {
    place.said.textContent = later.aboveStopped(error.kind);
    if (!shown) return;
    shown.back.hidden = false;
    const link = document.createElement("button");
    link.type = "button";
    link.textContent = later.toThatCell;
    link.addEventListener("click", () => {
      shown.element.closest("details")?.setAttribute("open", "");
      shown.run.scrollIntoView({ block: "center" });
      shown.run.focus();
    });
    place.said.append(" ", link);
  }

  async #recompute() {
    const able = this.cells.filter(({ absent }) => !absent.length);
    const found = { same: 0, different: 0 };
    for (const [number, cell] of able.entries()) {
      this.page.said.textContent = later.recomputing(number + 1, able.length);
      let now = "";
      const done = await this.python.run(toldOf(cell, cell.source, number === 0), (text) => {
        now += text;
      });
      if (done.value !== undefined) now += `${done.value}\n`;
      if (done.error) now += `${done.error.kind}: ${done.error.text}\n`;
      const place = this.places.get(cell.id);
      if (cell.stored === null || !(cell.stored || now)) continue;
      const same = now === cell.stored;
      found[same ? "same" : "different"] += 1;
      if (place) prove(place, same, cell.stored, now);
    }
    this.#log = [{ id: "", role: "text", source: "" }]; // no cell's turn: what comes next begins anew
    this.page.said.textContent = later.recomputed(found.same, found.different, this.cells.length - able.length);
  }
}
