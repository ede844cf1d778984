// The kinds of settings: how an address says each of them, and what is refused, as KINDS of gdlib/widgets/settings.py.

import { meanSquaredError } from "./mathematics/losses.js";
import { LINK, plainNumber } from "./messages.js";

/**
 * What else a setting must be: one of these words, a number between these ends, at most so many points.
 * @typedef {{known?: string[], ends?: [number, number], most?: number}} Limits
 *
 * @typedef {object} Kind
 * @property {(setting: any) => string} write
 * @property {(text: string) => any} read what is then asked whether it fits
 * @property {(found: any, limits: Limits) => boolean} fits
 * @property {(limits: Limits) => string} wanted what fits, in words
 */

const numberText = (number) => String(number).replace("+", ""); // a plus, as in 1e+21, would be read as a space
const list = (write, read) => ({
  write: (items) => items.map(write).join(","),
  read: (text) => (text ? text.split(",").map(read) : []),
});
const numbers = list(numberText, plainNumber);
const isPair = (found) => found.length === 2 && found.every(Number.isFinite);
const isWhole = (found) => Number.isSafeInteger(found) && found >= 0;

/** Numbers with a bound of their own, which `wanted` says. */
const number = (isWithin, wanted) => ({
  write: numberText,
  read: plainNumber,
  // A reader's link has rounded digits.
  fits: (found, { ends: [low, high] = [-Infinity, Infinity] }) =>
    Number.isFinite(found) && isWithin(found) && found * (1 + 1e-9) >= low && found <= high * (1 + 1e-9),
  wanted: ({ ends }) => (ends ? LINK.number(...ends) : wanted),
});

/** @type {Record<string, Kind>} */
export const KINDS = {
  points: {
    write: (points) => points.map(numbers.write).join(";"),
    read: (text) => text.split(";").map(numbers.read),
    fits: (points, { most }) => points.length <= most && points.every(isPair) && meanSquaredError(points) !== null,
    wanted: ({ most }) => LINK.points(most),
  },
  pair: { ...numbers, fits: isPair, wanted: () => LINK.pair },
  range: {
    ...numbers,
    fits: (found) => isPair(found) && found[0] > 0 && found[0] < found[1],
    wanted: () => LINK.range,
  },
  positive: number((found) => found > 0, LINK.positive),
  "not negative": number((found) => found >= 0, LINK.notNegative),
  share: number((found) => found >= 0 && found < 1, LINK.share),
  whole: {
    write: numberText,
    read: plainNumber,
    fits: (found, { ends: [low, high] = [0, Infinity] }) => isWhole(found) && found >= low && found <= high,
    wanted: ({ ends = [0, Number.MAX_SAFE_INTEGER] }) => LINK.whole(...ends),
  },
  epochs: { ...numbers, fits: (found) => found.every(isWhole), wanted: () => LINK.epochs },
  switch: {
    write: String,
    read: (text) => ({ true: true, false: false })[text],
    fits: (found) => found !== undefined,
    wanted: () => LINK.flag,
  },
  choice: {
    write: encodeURIComponent,
    read: String,
    fits: (found, { known }) => known.includes(found),
    wanted: ({ known }) => LINK.among(known),
  },
  choices: {
    ...list(encodeURIComponent, String),
    fits: (found, { known }) => found.every((word) => known.includes(word)) && new Set(found).size === found.length,
    wanted: ({ known }) => LINK.some(known),
  },
};
