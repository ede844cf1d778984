// What a panel shows, in words, each behind a small drawing of it.

import { html, svg } from "./drawing.js";
import { LEGEND, LEGEND_NOTES } from "./messages.js";

const STAR = "M-6 0h12M0 -6v12M-4 -4l8 8M-4 4l8 -8";
const ALONG = "M-11 0h22";

/** By its name, the shapes of each drawing, around its middle: a tag, a class, and where. */
const DRAWINGS = {
  point: [["circle", "gd-key-point", { r: 4 }]],
  line: [["path", "gd-line", { d: ALONG }]],
  error: [["path", "gd-residuals", { d: "M0 -7v14" }]],
  crossing: [["path", "gd-crossing", { d: "M0 -6l6 6l-6 6l-6 -6z" }]],
  start: [["path", "gd-key-start", { d: "M-5 -5h10v10h-10z" }]],
  here: [["circle", "gd-key-here", { r: 4 }]],
  minimum: [["path", "gd-best", { d: STAR }]],
  floor: [["path", "gd-floor", { d: ALONG }]],
  step: [
    ["path", "gd-arrow", { d: "M-11 0h14" }],
    ["path", "gd-arrow gd-tip", { d: "M2 -4l8 4l-8 4z" }],
  ],
  flat: [["path", "gd-solid", { d: ALONG }]],
  steep: [["path", "gd-dashed", { d: ALONG }]],
  behind: [["path", "gd-path", { d: ALONG }]],
  ahead: [["path", "gd-ahead", { d: ALONG }]],
  lowest: [["path", "gd-lowest", { d: ALONG }]],
  chosen: [["path", "gd-chosen", { d: "M0 -7v14" }]],
  yours: [["path", "gd-path", { d: ALONG }]],
  reference: [["path", "gd-reference", { d: ALONG }]],
};
DRAWINGS.central = DRAWINGS.flat;
DRAWINGS.forward = DRAWINGS.steep;

/**
 * A legend below the title of a panel. What comes and goes keeps its room, so that nothing moves. To a screen reader
 * the drawing's own name and the names of what it holds say the same.
 * @param {object} plot the panel's axes @param {Record<string, string>} [words] of what is not in LEGEND
 * @param {string[]} names of the entries
 * @returns {(name: string, shown: boolean, noted?: boolean) => void} what says whether an entry is shown, and its note
 */
export function legend({ head }, names, words = LEGEND) {
  const list = html("div", { className: "gd-legend", ariaHidden: "true" });
  head.after(list);
  const entries = Object.fromEntries(
    names.map((name) => {
      const entry = html("span", { className: "gd-entry" }, list);
      const key = svg("svg", { viewBox: "-12 -8 24 16" }, entry);
      for (const [tag, kind, where] of DRAWINGS[name]) svg(tag, { class: kind, ...where }, key);
      html("span", { textContent: words[name] }, entry);
      if (LEGEND_NOTES[name]) html("span", { textContent: LEGEND_NOTES[name] }, entry);
      return [name, { entry, now: "" }];
    }),
  );
  return (name, shown, noted = true) => {
    const now = shown ? (noted ? "" : "bare") : "none";
    if (entries[name].now === now) return;
    entries[name].now = now;
    entries[name].entry.dataset.shown = now;
  };
}
