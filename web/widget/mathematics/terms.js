// A step of a descent, term by term, in exact arithmetic: what each point adds to the loss and to the gradient there,
// and what the rule and the rate make of it.

import { batchAt, stepsPerEpoch } from "./batches.js";
import { walk } from "./descents.js";
import { add, divide, exact, mean, multiply, subtract } from "./exact.js";
import { LOSSES } from "./losses.js";
import { memoryOf, RULES } from "./rules.js";

/**
 * The first step after an epoch, and the last one before it: floats, as the descent has them. Pairs are
 * [intercept, slope].
 * @typedef {object} Step
 * @property {[number, number]} theta where it begins
 * @property {number} rate 0 where a line search finds no lower place
 * @property {[number, number][]} memory what the rule remembers
 * @property {number} number of the step, from 1
 * @property {number} perEpoch steps of an epoch
 * @property {number[] | null} batch the places of the points that it sees; null: all
 * @property {{theta: [number, number], rate: number, direction: [number, number]} | null} last null at the start
 */

/**
 * @param {import('./losses.js').Loss} loss @param {[number, number][]} points
 * @param {ReturnType<import('./descents.js').descend>} run @param {import('./descents.js').Method} method
 * @param {number} epochs of the run at most @param {number} epoch @param {boolean} plain whether the run is `descend`'s
 * @returns {Step}
 */
export function stepAfter(loss, points, run, method, epochs, epoch, plain) {
  const at = (k) => [run.intercepts[k], run.slopes[k]];
  const theta = at(epoch);
  if (plain) {
    const rate = method.learning_rate;
    const before = epoch ? at(epoch - 1) : null;
    const last = before && { theta: before, rate, direction: loss.gradient(...before) };
    return { theta, rate, memory: [], number: epoch + 1, perEpoch: 1, batch: null, last };
  }
  const perEpoch = stepsPerEpoch(points, method);
  const now = epoch * perEpoch;
  let [memory, rate, last] = [memoryOf(RULES[method.rule]), 0, null];
  let ended = -1; // the last step that was taken
  let here = at(0);
  const visit = (k, intercept, slope, gradient, remembered) => {
    if (k >= now - 1 && k <= now) here = [intercept, slope];
    if (k === now) memory = remembered.map((pair) => [...pair]);
    return k > now;
  };
  // One epoch more than the run has, for the step after the last one; always as many, since their orders are kept.
  walk(loss, points, method, at(0), epochs + 1, visit, (k, size, direction) => {
    ended = k;
    if (k === now - 1) last = { theta: here, rate: size, direction: [...direction] };
    if (k === now) rate = size;
  });
  if (epoch && ended < now - 1) last = { theta, rate: 0, direction: loss.gradient(...theta) }; // it stood still
  const batch = perEpoch > 1 ? batchAt(points, method, epochs + 1, now) : null;
  return { theta, rate, memory, number: now + 1, perEpoch, batch, last };
}

/** @typedef {import('./exact.js').Exact} Exact */

/**
 * What each point adds. `alongSlope` and `alongIntercept` are what it adds to the gradient; `weight` is null with a
 * loss whose points all keep their pull.
 * @param {[number, number][]} points @param {[number, number]} theta
 * @param {string} loss its name @param {number} scale
 * @returns {{x: Exact, y: Exact, prediction: Exact, error: Exact, cost: Exact, weight: Exact | null, alongSlope: Exact,
 *     alongIntercept: Exact}[]}
 */
export function pointTerms(points, theta, loss, scale) {
  const [intercept, slope] = theta.map(exact);
  return points.map((point) => {
    const [x, y] = point.map(exact);
    const prediction = add(multiply(slope, x), intercept);
    const error = subtract(prediction, y);
    const square = multiply(error, error);
    const { cost, weight } = LOSSES[loss].terms?.(square, scale) ?? { cost: square, weight: null };
    const twice = add(error, error);
    const alongIntercept = weight ? multiply(twice, weight) : twice;
    const alongSlope = multiply(alongIntercept, x);
    return { x, y, prediction, error, cost, weight, alongSlope, alongIntercept };
  });
}

/** The means over some points: the loss, and the gradient as [intercept, slope]. */
export const meansOf = (terms) => ({
  loss: mean(terms.map(({ cost }) => cost)),
  gradient: [mean(terms.map(({ alongIntercept }) => alongIntercept)), mean(terms.map(({ alongSlope }) => alongSlope))],
});

/**
 * What a step makes of a gradient, and how the last one came here: by names that messages.js has, pairs of
 * [intercept, slope]. `standard` is how the x were standardised, if they were.
 * @param {Step} step @param {[Exact, Exact]} gradient @param {import('./descents.js').Method} method
 * @param {{mean: number, deviation: number} | null} standard
 * @returns {Record<string, [Exact, Exact]>}
 */
export function stepTerms({ theta, rate, memory, number, last }, gradient, { rule, momentum }, standard) {
  const now = theta.map(exact);
  const both = (of) => [of(0), of(1)];
  const found = {};
  if (last) {
    found.before = last.theta.map(exact);
    found.taken = both((i) => multiply(exact(last.rate), exact(last.direction[i])));
  }
  found.now = now;
  found.gradient = gradient;
  let direction = gradient;
  const remembered = (i) => memory.map((pair) => pair[i]);
  const { terms } = RULES[rule];
  const rows = terms && both((i) => terms(gradient[i], remembered(i), number, momentum, now[i]));
  for (const name of Object.keys(rows?.[0] ?? {})) found[name] = direction = both((i) => rows[i][name]);
  found.rate = both(() => exact(rate));
  found.change = both((i) => multiply(exact(rate), direction[i]));
  found.next = both((i) => subtract(now[i], found.change[i]));
  if (standard) {
    const [middle, deviation] = [exact(standard.mean), exact(standard.deviation)];
    const slope = divide(now[1], deviation);
    found.xMean = both(() => middle);
    found.xDeviation = both(() => deviation);
    found.raw = [subtract(now[0], multiply(slope, middle)), slope];
  }
  return found;
}
