// Makes the figure that fills a window, from all that the address says: a state, or the states of a lecture one after the
// other, with a slash between them.
import figure, { readWhole } from "../../gdlib/widgets/static/explorer.js";
import { modelOf } from "./model.js";

const place = document.querySelector("main");
const heading = document.querySelector("h1");
const [whole_page] = location.href.split("#");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
let states = [];
let at = 0; // among the states
let last = new AbortController();
let dispose = () => {};

function show() {
  dispose();
  last.abort();
  last = new AbortController();
  const { settings, complaints } = readWhole(`#${states[at]}`);
  const lecture = states.length > 1 ? { at, count: states.length, go } : null;
  const notice = complaints.join(" ");
  const model = modelOf({ ...settings, home: { ...settings }, whole: true, whole_page, notice, lecture });
  const el = document.createElement("div");
  place.replaceChildren(heading, el);
  dispose = figure.render({ model, el, signal: last.signal });
}

/** With what the address says now; a link to a single state may have replaced a lecture's since. */
function begin() {
  states = location.hash.slice(1).split("/");
  at = 0;
  show();
}

/** To another of the lecture's states, if there is one there. */
function go(by) {
  if (!(at + by in states)) return;
  at += by;
  show();
}

follow();
dark.addEventListener("change", follow);
addEventListener("hashchange", begin);
begin();
