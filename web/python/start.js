// Puts the buttons under the cells of a page, and its exercises' starters into editors. Nothing else is loaded before the
// reader asks for it.
import { areaFor } from "./area.js";
import { words } from "./messages.js";
import { Kept } from "./kept.js";

const script = document.currentScript;
const url = new URL(script.dataset.cells, script.src);
const kept = new Kept(url.pathname.replace(/.*\/pages\/(.*)\.json/, "$1"));
const ROLES = ["text", "exercise", "solution"];
const WAYS = "../../teach/running.html";

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** The buttons of a cell, and a line of text that is read out when it changes. */
function barOf(role, act) {
  const said = document.createElement("span");
  said.className = "run-said";
  said.setAttribute("role", "status");
  const bar = document.createElement("div");
  bar.className = "run-bar";
  const buttons = {
    run: button(role === "exercise" ? words.check : words.run, () => act("run")),
    edit: button(words.edit, () => act("edit")),
    back: button(role === "exercise" ? words.forget : words.back, () => act("back")),
    stop: button(words.stop, () => act("stop")),
  };
  buttons.stop.hidden = buttons.back.hidden = true; // stop is the last: no button comes under the pointer that stopped
  buttons.edit.hidden = role === "exercise";
  bar.append(...Object.values(buttons), said);
  return { bar, said, ...buttons };
}

/** A line under a cell. */
function note(cell, text) {
  const made = document.createElement("p");
  made.className = "run-note";
  made.textContent = text;
  cell.append(made);
  return made;
}

let session = null;
let tries = 0;
const places = new Map();
/** What the reader asks for, done by the session, which is loaded for it. */
async function act(what, id) {
  const { bar, said } = places.get(id) ?? recompute;
  bar.classList.toggle("run-busy", what === "run" || what === "recompute" || bar.classList.contains("run-busy"));
  try {
    const code = new URL(`session.js${tries ? `?${tries}` : ""}`, script.src);
    session ??= Promise.all([import(code.href), fetch(url)]).then(([loaded, cells]) =>
      loaded.open({ cells, here: new URL(".", script.src), places, kept, recompute }),
    );
    await (await session)[what](id);
  } catch (problem) {
    session = null;
    tries += 1;
    bar.classList.remove("run-busy");
    said.textContent = words.noScript;
    console.debug(problem);
  }
}

/** What stands for a cell that runs: its elements, and the reader's text if there is one. */
function prepare(element, role) {
  const id = element.id.slice("cell-".length);
  const input = element.querySelector(".cell_input");
  const code = input.querySelector("pre");
  const book = code.textContent.replace(/\n$/, "");
  const place = { id, role, element, input, book, ...barOf(role, (what) => act(what, id)) };
  place.code = code.closest("[class*=highlight-]");
  place.write = (text) => {
    kept.write(id, { text });
    place.back.hidden = false;
  };
  input.append(place.bar);
  places.set(id, place);
  const mine = kept.of(id);
  if (role === "exercise" || mine?.text !== undefined) {
    place.area = areaFor(place, mine?.text ?? book);
    place.area.addEventListener("focus", () => act("edit", id), { once: true });
    place.edit.hidden = true;
  }
  if (mine) {
    place.back.hidden = false;
    place.said.textContent = `${words.remembered} ${mine.said ?? ""}`;
    if (mine.right !== undefined) element.classList.add(mine.right ? "run-right" : "run-not-yet");
  }
  code.addEventListener("click", () => {
    if (getSelection().isCollapsed) act("edit", id);
  });
}

const recompute = barOf("text", (what) => act(what === "run" ? "recompute" : what));
recompute.run.textContent = words.recompute;
recompute.edit.remove();
recompute.back.remove();

const found = ROLES.flatMap((role) =>
  [...document.querySelectorAll(`.cell.tag_runs-${role}:has(> .cell_input)`)].map((element) => [element, role]),
);
if (location.protocol === "file:") {
  document.documentElement.classList.add("run-nowhere");
  const [first] = found.map(([element]) => element).sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1));
  note(first, words.fromDisk);
} else {
  for (const [element, role] of found) prepare(element, role);
  for (const cell of document.querySelectorAll(".cell.tag_says-why")) {
    const names = [...cell.classList].filter((name) => name.startsWith("tag_needs-")).map((name) => name.slice(10));
    const ways = Object.assign(document.createElement("a"), { href: new URL(WAYS, script.src), textContent: words.ways });
    note(cell.querySelector(".cell_input"), words.needs(names)).append(ways, ".");
  }
  recompute.bar.classList.add("run-all");
  found[0][0].closest("article").append(recompute.bar);
}
