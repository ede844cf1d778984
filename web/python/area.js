// The plain editor of a cell: what every browser has, until the one with colours has come, or in its place.
import { words } from "./messages.js";

/** Put a text area with this text in the place of a cell's code; the place is told what it holds. */
export function areaFor(place, text) {
  const area = document.createElement("textarea");
  area.className = "run-code";
  area.value = text;
  area.spellcheck = false;
  area.autocapitalize = "off";
  area.autocomplete = "off";
  area.wrap = "off";
  area.setAttribute("aria-label", place.role === "exercise" ? words.answer : words.code);
  const fit = () => {
    area.rows = Math.max(2, area.value.split("\n").length);
  };
  area.addEventListener("input", () => {
    fit();
    place.write(area.value);
  });
  fit();
  place.code.hidden = true;
  place.code.after(area);
  return area;
}
