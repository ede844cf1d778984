// A sentence about an error that Python's own words do not explain, where one is known.
import { later } from "./messages.js";

const PROMPTS = /^\s*(>>>|\.\.\.)\s/m;
const QUOTES = /[‘’“”]/;

/**
 * @param {{kind: string, text: string, missing: ?string}} error
 * @param {{id: string}} cell that stopped
 * @param {Array} cells all of the page
 * @param {string} source what was run
 * @param {string[]} carried the packages that the page has, as they are imported
 * @returns {?string}
 */
export function hintFor({ kind, missing }, cell, cells, source, carried) {
  if (kind === "InputError") return later.input;
  if (kind === "TabError") return later.tabs;
  if (kind === "SyntaxError" && PROMPTS.test(source)) return later.prompts;
  if (kind === "SyntaxError" && QUOTES.test(source)) return later.quotes;
  if (kind === "ModuleNotFoundError" && missing) {
    const name = missing.split(".")[0];
    return carried.includes(name) ? later.notCome(name) : later.noPackage(name);
  }
  if (kind === "NameError" && missing) {
    const makers = cells.filter(({ id, makes }) => id !== cell.id && makes.includes(missing));
    const lacking = makers.find(({ absent }) => absent.length);
    if (lacking) return later.madeWith(missing, lacking.absent);
    if (makers.length) return later.madeBelow(missing);
  }
  return null;
}
