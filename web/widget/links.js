// Links: a state of the figure as a part of the page's address.

import { meanSquaredError } from "./mathematics/losses.js";
import { LINK } from "./messages.js";
import { CHANGEABLE, DEFAULTS, endsOf, isShown, MAX_MOVABLE, SETTINGS } from "./settings.js";

const EVERYWHERE = ["learning_rate", "epochs"]; // a link says them even where they are as at home

/** Whether an address speaks of a state, and not of a place on the page. */
export const isLink = (hash) => /=|%3d/i.test(hash);

const short = (number) => Number(number.toPrecision(12));
const pairText = (pair) => pair.join(",").replaceAll("+", ""); // a plus, as in 1e+21, would be read as a space

/** How a link writes a setting that is not a number, by its kind. */
const WRITERS = { points: (points) => points.map(pairText).join(";"), pair: pairText };

/** The part of an address that brings a page into this state. */
export function linkOf(state, home) {
  const rounded = (value) => (typeof value === "number" ? short(value) : value);
  const isMoved = (name) =>
    name in home && JSON.stringify(rounded(state[name])) !== JSON.stringify(rounded(home[name]));
  const written = (name) => `${name}=${(WRITERS[SETTINGS[name].kind] ?? encodeURIComponent)(rounded(state[name]))}`;
  const told = CHANGEABLE.filter((name) => EVERYWHERE.includes(name) || isMoved(name));
  return `#${told.map(written).join("&")}`;
}

const plainNumber = (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN);
const numbers = (text) => text.split(",").map(plainNumber);
const isPair = (found) => found.length === 2 && found.every(Number.isFinite);

/** How a setting is read from a link, which values it may have, and how these are called. */
function reader(name, state) {
  const { kind, of } = SETTINGS[name];
  if (kind === "points") {
    const fits = (points) => points.length <= MAX_MOVABLE && points.every(isPair) && meanSquaredError(points) !== null;
    return { read: (text) => text.split(";").map(numbers), fits, wanted: LINK.points };
  }
  if (kind === "pair") return { read: numbers, fits: isPair, wanted: LINK.pair };
  if (kind === "choice")
    return { read: String, fits: (found) => state[of].includes(found), wanted: LINK.among(state[of]) };
  if (kind === "switch") {
    const read = (text) => ({ true: true, false: false })[text];
    return { read, fits: (found) => found !== undefined, wanted: LINK.flag };
  }
  const [low, high] = endsOf(name, state);
  if (kind === "whole") {
    const fits = (found) => Number.isInteger(found) && found >= low && found <= high;
    return { read: plainNumber, fits, wanted: LINK.whole(low, high) };
  }
  const fits = (found) => found * (1 + 1e-9) >= low && found <= high * (1 + 1e-9); // a link's digits are rounded
  return { read: plainNumber, fits, wanted: LINK.number(low, high) };
}

/**
 * The state that an address asks for, and a sentence for everything in it that makes no sense; neither, if it speaks of
 * a place on the page.
 * @param {string} hash @param {object} figure its settings
 */
export function readLink(hash, figure) {
  const state = {};
  const complaints = [];
  if (!isLink(hash)) return { state, complaints };
  const asked = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const leave = (name, why) => complaints.push(LINK.left(name, why));
  const known = [];
  for (const name of CHANGEABLE) {
    const now = { ...DEFAULTS, ...figure, ...state }; // with the points of the link: there may be fewer for a batch
    if (!isShown(name, now)) continue;
    known.push(name);
    const { read, fits, wanted } = reader(name, now);
    for (const [, text] of asked.filter(([each]) => each === name)) {
      const found = read(text);
      if (name in state) leave(name, LINK.twice);
      else if (fits(found)) state[name] = found;
      else leave(name, LINK.wanted(wanted));
    }
  }
  for (const [name] of asked) if (!known.includes(name)) leave(name, LINK.unknown(known));
  return { state, complaints };
}
