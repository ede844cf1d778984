// The sliders of the figure, each with a box beside it for a number that is typed.
//
// A slider goes to round numbers; a box keeps what is typed to the last digit, and shows what is set to the last digit.

import { clamp } from "./axes.js";
import { html, set } from "./drawing.js";
import { formatExactly, NOTICES, readNumber, SLIDERS, typed } from "./messages.js";
import { endsOf, isShown, NAMES, SETTINGS } from "./settings.js";

const WITH_SLIDERS = NAMES.filter((name) => SETTINGS[name].slider);
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const PARTS = 100; // a key's step on a logarithmic slider is one of so many in a power of ten

/** How a slider's place, a number from its low end to its high one, stands for what is set. */
function scaleOf({ kind, slider: { log, step } }) {
  if (log) {
    return {
      place: Math.log10,
      at: (place) => Number((10 ** place).toPrecision(3)),
      next: (place, steps) => (Math.round(place * PARTS) + steps) / PARTS,
    };
  }
  const unit = kind === "whole" ? 1 : step;
  const round = (place) => Number((Math.round(place / unit) * unit).toPrecision(12));
  return { place: Number, at: round, next: (place, steps) => round(place + steps * unit) };
}

/** One slider with its box. */
function control(name, { assign, refuse }) {
  const { kind } = SETTINGS[name];
  const scale = scaleOf(SETTINGS[name]);
  const label = SLIDERS[name];
  const root = html("div", { className: "gd-control" });
  root.dataset.setting = name;
  html("span", { className: "gd-control-label", textContent: label, ariaHidden: "true" }, root);
  const track = html("div", { className: "gd-track" }, root);
  // The step is any, so that the place of a typed number is not rounded.
  const slider = html("input", { type: "range", className: "gd-slider", ariaLabel: label, step: "any" }, track);
  const room = html("div", { className: "gd-typed-place" }, root);
  const box = html("input", { type: "text", className: "gd-typed", ariaLabel: typed(label), autocomplete: "off" }, room);
  box.inputMode = kind === "whole" ? "numeric" : "decimal";
  let [ends, value] = [[0, 1], 0];
  let written;
  const write = () => (box.value = written = formatExactly(value));
  /** Set it at once: a second key may come before the next frame draws the first one's. */
  const give = (setting) => assign({ [name]: (value = setting) });
  const slide = (place) => give(clamp(scale.at(place), ...ends));

  slider.addEventListener("input", () => slide(slider.valueAsNumber));
  slider.addEventListener("keydown", (event) => {
    const steps = KEYS[event.key];
    const end = ["Home", "End"].indexOf(event.key);
    if ((!steps && end < 0) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // each browser has steps of its own
    event.stopPropagation(); // a notebook has commands of its own on these keys
    if (end >= 0) give(ends[end]);
    else slide(scale.next(scale.place(value), steps));
  });
  box.addEventListener("change", () => {
    const found = readNumber(box.value);
    const fits = found >= ends[0] && found <= ends[1] && (kind !== "whole" || Number.isInteger(found));
    if (fits) give(found);
    else refuse(NOTICES.notOnSlider(label, box.value, ends, kind === "whole"));
    write(); // in one way of writing, whatever was typed; or what is still set
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") write();
    event.stopPropagation();
  });

  return {
    root,
    track,
    draw(state) {
      const [low, high] = endsOf(name, state);
      if (low !== ends[0] || high !== ends[1]) set(slider, { min: scale.place(low), max: scale.place(high) });
      [ends, value] = [[low, high], state[name]];
      const place = String(scale.place(value));
      if (slider.value !== place) slider.value = place;
      if (formatExactly(value) !== written) write(); // the reader may be typing on already
      if (slider.ariaValueText !== written) slider.ariaValueText = written;
    },
  };
}

/**
 * All sliders of a figure. Two stay in sight where panels lie below one another: the learning rate, and the first of
 * those that only some figures have, or the epochs.
 * @param {HTMLElement} parent
 * @param {{assign: (changes: object) => void, refuse: (sentence: string) => void}} told
 * @param {{known: {track: HTMLElement, list: HTMLElement}, played: HTMLElement}} with what is known of the learning
 *   rate; and what goes through the epochs
 */
export function controls(parent, told, { known, played }) {
  const all = Object.fromEntries(WITH_SLIDERS.map((name) => [name, control(name, told)]));
  all.learning_rate.track.append(known.track);
  const inSight = html("div", { className: "gd-in-sight" }, parent);
  const others = html("div", { className: "gd-others" }, parent);
  let shown = [];
  return (state) => {
    const names = WITH_SLIDERS.filter((name) => isShown(name, state));
    if (names.join() !== shown.join()) {
      shown = names;
      const kept = names.find((name) => SETTINGS[name].shown) ?? "epochs";
      inSight.replaceChildren(all.learning_rate.root, all[kept].root);
      const rest = names.filter((name) => name !== "learning_rate" && name !== kept);
      others.replaceChildren(known.list, ...rest.map((name) => all[name].root), played);
    }
    for (const name of shown) all[name].draw(state);
  };
}
