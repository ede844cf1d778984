// What a live figure can be told. The table is gdlib's, so that Python and the browser read the same one.
// What its entries mean is said in gdlib/widgets/settings.py.

import SETTINGS from "../../gdlib/widgets/settings.json" with { type: "json" };
import { LOSSES } from "./mathematics/losses.js";
import { RULES } from "./mathematics/rules.js";
import { PANELS } from "./messages.js";

export { SETTINGS };
export const NAMES = Object.keys(SETTINGS);
export const CHANGEABLE = NAMES.filter((name) => SETTINGS[name].changeable);
export const DEFAULTS = Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name].default]));

/** The words that a setting may be chosen from. */
export const CHOICES = {
  rules: Object.keys(RULES),
  losses: Object.keys(LOSSES),
  panels: Object.keys(PANELS).filter((name) => !["data", "surface"].includes(name)), // which every figure has
  switches: NAMES.filter((name) => SETTINGS[name].kind === "switch"),
};

export const MAX_MOVABLE = 30; // more points than that are drawn, but cannot be dragged

const SHOWN = {
  setting: (name, state) => Boolean(Array.isArray(state[name]) ? state[name].length : state[name]),
  switch: (name, state) => state.switches.includes(name),
  panel: (name, state) => state.panel === name,
  rule: (name, state) => [state.rule, ...state.rules].some((rule) => RULES[rule][name]),
};

/** Whether a figure lets its reader change a setting. */
export const isShown = (name, state) =>
  Object.entries(SETTINGS[name].shown ?? {}).every(([by, what]) => SHOWN[by](what, state));

/** The ends of a setting's slider, or the least and the most of one without. @returns {[number, number]} */
export function endsOf(name, state) {
  const value = (end) => (typeof end === "string" ? (state[end].length ?? state[end]) : end);
  const { ends } = SETTINGS[name].slider;
  return typeof ends === "string" ? state[ends] : ends.map(value);
}
