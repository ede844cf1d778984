// What curvature tells of descents on a quadratic, without running any; as gdlib.spectrum.

import { RULES } from "./rules.js";

// How a lowest place is looked for: on so many intervals, each in parts where the path swings, then at so many places.
const [INTERVALS, PARTS_A_TURN, MOST_EPOCHS, PLACES, FINE, GOLDEN] = [64, 16, 1000, 24, 30, (Math.sqrt(5) - 1) / 2];

/** The rate from which on descent does not converge. @param {import('./losses.js').Quadratic} loss */
export const maxLearningRate = ({ eigenvalues: [, largest] }, rule = "plain", momentum = 0) =>
  RULES[rule].limit(momentum) / largest;

/**
 * The settings whose slowest direction is fastest: a rate, and a momentum where the rule takes one.
 * @param {import('./losses.js').Quadratic} loss
 */
export const bestSettings = ({ eigenvalues }, rule = "plain") => RULES[rule].best(eigenvalues);

/**
 * Whether descent at a constant rate on all points converges, swings on its way, or diverges.
 * @param {import('./losses.js').Quadratic} loss @param {number} learningRate @param {string} rule one that has a limit
 * @param {number} momentum @returns {"CONVERGES" | "OSCILLATES" | "DIVERGES"}
 */
export function regime({ eigenvalues }, learningRate, rule = "plain", momentum = 0) {
  const { limit, roots } = RULES[rule];
  if (learningRate * eigenvalues[1] >= limit(momentum)) return "DIVERGES";
  return eigenvalues.some((eigenvalue) => swings(...roots(learningRate * eigenvalue, momentum)))
    ? "OSCILLATES"
    : "CONVERGES";
}

/** Whether one of two roots is no number >= 0, of which their sum and product are known. */
function swings(sum, product) {
  const half = sum / 2;
  return half * half < product || half - Math.sqrt(half * half - product) < 0;
}

/**
 * How many epochs until both parameters stay within `tolerance` of the minimum: predicted, not run.
 * @param {import('./losses.js').Quadratic} loss @param {[number, number]} start @param {number} learningRate
 * @param {number} tolerance
 */
export function epochsToTolerance(loss, start, learningRate, tolerance) {
  const [steep, flat] = eigenComponents(loss, start);
  const [shrinkFlat, shrinkSteep] = loss.eigenvalues.map((eigenvalue) => 1 - learningRate * eigenvalue);
  const moving = [...(steep.some(Boolean) ? [shrinkSteep] : []), ...(flat.some(Boolean) ? [shrinkFlat] : [])];
  if (moving.some((shrink) => Math.abs(shrink) > 1)) return Infinity; // even a start within it does not stay there
  if ([0, 1].every((i) => Math.abs(steep[i]) + Math.abs(flat[i]) <= tolerance)) return 0;
  if (moving.some((shrink) => Math.abs(shrink) === 1)) return Infinity;
  return Math.max(...[0, 1].map((i) => lastOutside(steep[i], shrinkSteep, flat[i], shrinkFlat, tolerance) + 1));
}

/** The distance of the start from the minimum along each eigenvector, as its share in both parameters. */
export function eigenComponents({ minimum, steep: [cos, sin] }, start) {
  const [u, v] = [start[0] - minimum[0], start[1] - minimum[1]];
  const [steep, flat] = [cos * u + sin * v, cos * v - sin * u];
  return [
    [cos * steep, sin * steep],
    [-sin * flat, cos * flat],
  ];
}

/**
 * The last whole k >= 0 with |a p^k + b q^k| > tolerance, or -1; |p| and |q| are below 1.
 * Over the even k, and over the odd, both powers are positive, and such a sum turns at most once.
 */
function lastOutside(a, p, b, q, tolerance) {
  let last = -1;
  for (const odd of [0, 1]) {
    const [A, B, P, Q] = odd ? [a * p, b * q, p * p, q * q] : [a, b, p * p, q * q];
    const outside = (m) => Math.abs(A * P ** m + B * Q ** m) > tolerance;
    const ratio = -(A * Math.log(P)) / (B * Math.log(Q));
    const turn = ratio > 0 && P > 0 && Q > 0 && P !== Q ? Math.log(ratio) / Math.log(Q / P) : 0;
    // From the turn on the sum only nears 0, so being outside has one end; before it likewise.
    let low = turn > 0 && Number.isFinite(turn) ? Math.floor(turn) : 0;
    let high = low + 1;
    if (outside(high) || outside(low)) {
      if (outside(high)) {
        for (low = high; outside(high);) [low, high] = [high, 2 * high];
      }
    } else {
      [low, high] = [0, low];
      if (!outside(0)) continue;
    }
    for (;;) {
      const middle = Math.floor((low + high) / 2);
      if (middle === low || middle === high) break; // beyond 2^53 whole numbers lie further apart than 1
      if (outside(middle)) low = middle;
      else high = middle;
    }
    last = Math.max(last, 2 * low + odd);
  }
  return last;
}

/**
 * The learning rate, between two ends, after which so many epochs leave the lowest loss; null if no epoch is asked for.
 * With momentum the loss over the rate has a valley for every half turn of the path; the lowest is looked for.
 * @param {import('./losses.js').Quadratic} loss @param {[number, number]} start @param {number} epochs
 * @param {string} rule one that has a limit @param {number} momentum @param {[number, number]} ends
 */
export function bestRateAfter(loss, start, epochs, rule, momentum, [low, high]) {
  if (!epochs || !(low < high)) return null;
  const [steep, flat] = eigenComponents(loss, start).map((component) => Math.hypot(...component));
  const moving = [flat, steep].map((distance, i) => [distance, loss.eigenvalues[i]]).filter(([distance]) => distance);
  if (!moving.length) return null;
  const { roots, momentum: takesMomentum } = RULES[rule];
  const kept = takesMomentum ? momentum : 0;
  // In logarithms, since a power of a thousand leaves the range of a float.
  const sizes = moving.map(([distance, eigenvalue]) => Math.log(eigenvalue) + 2 * Math.log(distance));
  const height = (rate) => {
    let sum = -Infinity;
    for (let i = 0; i < sizes.length; i++) {
      const [total, product] = roots(rate * moving[i][1], kept);
      const part = sizes[i] + 2 * logRemaining(total, product, kept, epochs);
      const most = Math.max(sum, part);
      if (most > -Infinity) sum = most + Math.log1p(Math.exp(Math.min(sum, part) - most));
    }
    return sum;
  };
  const angles = (rate) => moving.map(([, eigenvalue]) => angle(...roots(rate * eigenvalue, kept)));
  const rates = [low];
  for (let i = 1, before = angles(low); i <= INTERVALS; i++) {
    const [from, to] = [i - 1, i].map((each) => low * (high / low) ** (each / INTERVALS));
    const now = angles(to);
    const turned = Math.max(...now.map((each, k) => Math.abs(each - before[k]))) / (2 * Math.PI); // more, an epoch
    const parts = Math.ceil(PARTS_A_TURN * turned * Math.min(epochs, MOST_EPOCHS)) || 1;
    for (let k = 1; k <= parts; k++) rates.push(from * (to / from) ** (k / parts));
    before = now;
  }
  const heights = rates.map(height);
  const at = (i) => heights[i] ?? Infinity;
  const lows = rates.map((_, i) => i).filter((i) => at(i) <= at(i - 1) && at(i) <= at(i + 1));
  if (!lows.length) return null; // a distance that no float holds
  return lows
    .sort((i, k) => heights[i] - heights[k])
    .slice(0, PLACES)
    .map((i) => lowestWithin(height, rates[Math.max(i - 1, 0)], rates[Math.min(i + 1, rates.length - 1)]))
    .reduce((best, next) => (height(next) < height(best) ? next : best));
}

/** Where between two places a function is lowest that has one valley there. */
function lowestWithin(height, from, to) {
  let [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
  let [atLeft, atRight] = [height(left), height(right)];
  for (let k = 0; k < FINE; k++) {
    if (atLeft <= atRight) {
      [to, right, atRight] = [right, left, atLeft];
      atLeft = height((left = to - GOLDEN * (to - from)));
    } else {
      [from, left, atLeft] = [left, right, atRight];
      atRight = height((right = from + GOLDEN * (to - from)));
    }
  }
  return (from + to) / 2;
}

/** By what angle a pair of complex roots, by their sum and product, swings in an epoch; real ones do not. */
function angle(sum, product) {
  if (product <= 0) return 0;
  return Math.acos(Math.min(Math.max(sum / (2 * Math.sqrt(product)), -1), 1));
}

/** The logarithm of the share of a distance that so many epochs leave, by sum and product of the recurrence's roots. */
function logRemaining(sum, product, momentum, epochs) {
  const first = sum - momentum; // the first step has no velocity yet
  if (epochs === 1) return Math.log(Math.abs(first));
  if (product === 0) return Math.log(Math.abs(first)) + (epochs - 1) * Math.log(Math.abs(sum));
  const turn = angle(sum, product);
  if (turn > 0 && turn < Math.PI) {
    const size = Math.sqrt(product);
    const swing = (first * size * Math.sin(epochs * turn) - product * Math.sin((epochs - 1) * turn)) / Math.sin(turn);
    return Math.log(Math.abs(swing)) + (epochs - 2) * Math.log(size);
  }
  const spread = Math.max(sum * sum - 4 * product, 0);
  const root = (sum + (sum < 0 ? -1 : 1) * Math.sqrt(spread)) / 2; // the larger one
  const ratio = product / (root * root);
  const apart = (2 * Math.sqrt(spread)) / (Math.abs(sum) + Math.sqrt(spread)); // 1 - ratio
  const powers = (count) =>
    ratio < 0.5 ? (1 - ratio ** count) / apart : apart === 0 ? count : -Math.expm1(count * Math.log1p(-apart)) / apart;
  const left = first * root * powers(epochs) - product * powers(epochs - 1);
  return Math.log(Math.abs(left)) + (epochs - 2) * Math.log(Math.abs(root));
}
