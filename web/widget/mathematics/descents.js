// Descents, as gdlib.descent.descend runs them.

import { allPoints, miniBatches, stepsPerEpoch } from "./batches.js";
import { inverseTime } from "./rates.js";
import { memoryOf, RULES } from "./rules.js";

/**
 * Every epoch of constant-rate descent, the start first; cut after the last whose numbers are all finite.
 * @param {import('./losses.js').Quadratic} loss @param {[number, number]} start @param {number} learningRate
 * @param {number} epochs
 */
export function descend(loss, start, learningRate, epochs) {
  const intercepts = new Float64Array(epochs + 1);
  const slopes = new Float64Array(epochs + 1);
  const losses = new Float64Array(epochs + 1);
  const [[a, b, c], [p, q]] = [loss.hessian, loss.offset];
  let [intercept, slope] = start;
  for (let epoch = 0; ; epoch++) {
    const here = loss.value(intercept, slope);
    if (!Number.isFinite(here)) return { intercepts, slopes, losses, epochs: epoch - 1 };
    intercepts[epoch] = intercept;
    slopes[epoch] = slope;
    losses[epoch] = here;
    if (epoch === epochs) return { intercepts, slopes, losses, epochs };
    const uphill = a * intercept + b * slope - p;
    slope -= learningRate * (b * intercept + c * slope - q);
    intercept -= learningRate * uphill;
  }
}

/**
 * How a descent goes, where it is not plain descent at a constant rate on all points.
 * @typedef {object} Method
 * @property {string} rule one of RULES
 * @property {number} learning_rate with a line search by backtracking, the rate it tries first
 * @property {number} momentum of the rules that have one
 * @property {number} half_life the rate shrinks as one over the number of steps, to half after so many; 0: constant
 * @property {number} batch_size so many points a step; 0: all
 * @property {number} seed of the orders in which the batches take the points
 */

/**
 * Take the steps of a descent, as gdlib.descent.descend.
 *
 * `visit(k, intercept, slope, gradient)` sees every place with the gradient that the next step is to use, the last one
 * with that of all points, and what the rule remembers; the walk ends where it returns true, or where a line search
 * finds no lower place. `stepped(k, rate, direction)` sees every step.
 * @param {import('./losses.js').Loss} loss @param {[number, number][]} points @param {Method} method
 * @param {[number, number]} start @param {number} epochs
 */
export function walk(loss, points, method, start, epochs, visit, stepped) {
  const { learning_rate, momentum, half_life, batch_size } = method;
  const rule = RULES[method.rule];
  const whole = allPoints(loss);
  const batches = batch_size ? miniBatches(loss, points, method, epochs) : null;
  const steps = epochs * (batches?.perEpoch ?? 1);
  const memory = memoryOf(rule);
  const [entry, search] = [rule.direction?.(momentum, memory), rule.search?.(learning_rate)];
  const direction = [0, 0];
  let [intercept, slope] = start;
  for (let k = 0; ; k++) {
    const seen = batches && k < steps ? batches : whole;
    batches?.take(k);
    const uphill = seen.gradient(intercept, slope);
    if (visit(k, intercept, slope, uphill, memory) || k === steps) return;
    direction[0] = entry ? entry(uphill[0], 0, k + 1, intercept) : uphill[0];
    direction[1] = entry ? entry(uphill[1], 1, k + 1, slope) : uphill[1];
    let rate = half_life && !search ? inverseTime(learning_rate, half_life, k) : learning_rate;
    if (search) {
      rate = search(seen, intercept, slope, uphill, direction);
      if (!rate && seen === whole) return; // a batch that is fitted says nothing about the others
    }
    stepped?.(k, rate, direction);
    intercept -= rate * direction[0];
    slope -= rate * direction[1];
  }
}

/**
 * Where every epoch of any descent ends, the start first; cut as in `descend`. After a line search has found no lower
 * place, it stands still.
 * @param {import('./losses.js').Loss} loss @param {[number, number][]} points @param {Method} method
 * @param {[number, number]} start @param {number} epochs
 */
export function descendBy(loss, points, method, start, epochs) {
  const intercepts = new Float64Array(epochs + 1);
  const slopes = new Float64Array(epochs + 1);
  const losses = new Float64Array(epochs + 1);
  const perEpoch = stepsPerEpoch(points, method);
  let ended = -1; // the last epoch that has
  let [intercept, slope, left] = [...start, false];
  walk(loss, points, method, start, epochs, (k, nextIntercept, nextSlope) => {
    const here = k % perEpoch ? 0 : loss.value(nextIntercept, nextSlope);
    left = !Number.isFinite(here + nextIntercept + nextSlope);
    if (left) return true;
    [intercept, slope] = [nextIntercept, nextSlope];
    if (k % perEpoch === 0) {
      ended = k / perEpoch;
      intercepts[ended] = intercept;
      slopes[ended] = slope;
      losses[ended] = here;
    }
    return false;
  });
  if (left || ended === epochs) return { intercepts, slopes, losses, epochs: ended };
  intercepts.fill(intercept, ended + 1);
  slopes.fill(slope, ended + 1);
  losses.fill(loss.value(intercept, slope), ended + 1);
  return { intercepts, slopes, losses, epochs };
}

/**
 * The first epoch from which on both parameters stay within `tolerance` of a target: counted in a run.
 * @param {ReturnType<typeof descend>} run @param {[number, number]} target @param {number} tolerance
 */
export function epochsCounted(run, target, tolerance) {
  let needed = run.epochs + 1;
  const outside = (k) =>
    Math.max(Math.abs(run.intercepts[k] - target[0]), Math.abs(run.slopes[k] - target[1])) > tolerance;
  while (needed > 0 && !outside(needed - 1)) needed--;
  return needed > run.epochs ? Infinity : needed;
}
