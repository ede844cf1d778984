// What the fold-out of the live figure prints, for test_terms.py: states come as JSON, and the floats that each step is
// made of, with every text of its tables, go as JSON.

import assert from "node:assert/strict";
import { json } from "node:stream/consumers";

import { descend, descendBy } from "../../web/widget/mathematics/descents.js";
import { LOSSES } from "../../web/widget/mathematics/losses.js";
import { standardize } from "../../web/widget/mathematics/scaling.js";
import { stepAfter } from "../../web/widget/mathematics/terms.js";
import { isPlain, methodOf } from "../../web/widget/outcome.js";
import { problem } from "../../web/widget/problems.js";
import { DEFAULTS } from "../../web/widget/settings.js";
import { terms } from "../../web/widget/terms.js";
import { page } from "./page.mjs";

const { document, body } = page();
const fold = terms(body);
body.querySelector("details").open = true;

function answer(setting) {
  const state = { ...DEFAULTS, ...setting };
  const { start, max_epochs } = state;
  assert.equal(problem(state), null); // or the figure would not be drawn
  const seen = state.standardised ? standardize(state.points) : { points: state.points };
  const loss = LOSSES[state.loss].make(seen.points, state.loss_scale);
  const [method, plain] = [methodOf(state), isPlain(state)];
  const run = plain
    ? descend(loss, start, state.learning_rate, max_epochs)
    : descendBy(loss, seen.points, method, start, max_epochs);
  const epoch = Math.min(state.epochs, run.epochs);
  fold.draw({ loss, run, state, seen }, epoch);
  const texts = (row) => [...row.querySelectorAll("td")].map(({ textContent }) => textContent);
  const rows = (table) =>
    [...table.querySelectorAll("tbody tr, tfoot tr")].map((row) => [row.dataset.name, texts(row)]);
  const [points, step] = [...document.querySelectorAll(".gd-sheet table")];
  return {
    epoch,
    points: seen.points,
    step: stepAfter(loss, seen.points, run, method, max_epochs, epoch, plain),
    after: epoch < run.epochs ? [run.intercepts[epoch + 1], run.slopes[epoch + 1]] : null,
    standard: state.standardised ? [seen.mean, seen.deviation] : null,
    table: Object.fromEntries([...rows(points), ...(step.hidden ? [] : rows(step))]),
    said: [".gd-at", ".gd-fate"].map((name) => document.querySelector(name).textContent),
  };
}

const finite = (key, found) => (typeof found === "number" && !Number.isFinite(found) ? `${found}` : found); // as text
process.stdout.write(JSON.stringify((await json(process.stdin)).map(answer), finite));
