// Makes the figure that fills a window, from all that the address says.
import figure, { readWhole } from "../../gdlib/widgets/static/explorer.js";
import { modelOf } from "./model.js";

const place = document.querySelector("main");
const heading = document.querySelector("h1");
const [whole_page] = location.href.split("#");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
let last = new AbortController();
let dispose = () => {};

function show() {
  dispose();
  last.abort();
  last = new AbortController();
  const { settings, complaints } = readWhole(location.hash);
  const model = modelOf({ ...settings, home: { ...settings }, whole: true, whole_page, notice: complaints.join(" ") });
  const el = document.createElement("div");
  place.replaceChildren(heading, el);
  dispose = figure.render({ model, el, signal: last.signal });
}

follow();
dark.addEventListener("change", follow);
addEventListener("hashchange", show);
show();
