// What curvature tells of descents on a quadratic, without running any; as gdlib.spectrum.

import { RULES } from "./rules.js";

const [COARSE, FINE, GOLDEN] = [64, 40, (Math.sqrt(5) - 1) / 2]; // how a lowest place is looked for

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
  const height = (rate) => {
    const parts = moving.map(([distance, eigenvalue]) => {
      const left = logRemaining(...roots(rate * eigenvalue, kept), kept, epochs);
      return Math.log(eigenvalue) + 2 * (Math.log(distance) + left);
    });
    const most = Math.max(...parts);
    return most === -Infinity ? most : most + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - most), 0));
  };
  const at = (i) => low * (high / low) ** (i / COARSE);
  let lowest = 0;
  for (let i = 1, least = height(low); i <= COARSE; i++) {
    const here = height(at(i));
    if (here < least) [lowest, least] = [i, here];
  }
  let [from, to] = [at(Math.max(lowest - 1, 0)), at(Math.min(lowest + 1, COARSE))];
  for (let k = 0; k < FINE; k++) {
    const [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
    if (height(left) <= height(right)) to = right;
    else from = left;
  }
  return (from + to) / 2;
}

/** The logarithm of the share of a distance that so many epochs leave, by sum and product of the recurrence's roots. */
function logRemaining(sum, product, momentum, epochs) {
  if (!product && !momentum) return epochs * Math.log(Math.abs(sum));
  const first = sum - momentum; // the first step has no velocity yet
  let [a, b, c, d] = [1, 0, 0, 1]; // the power so far, and the recurrence's matrix, squared again and again
  let [p, q, r, s] = [sum, -product, 1, 0];
  let [scale, logScale] = [0, 0];
  for (let k = epochs - 1; k > 0; k = Math.floor(k / 2)) {
    if (k % 2) {
      [a, b, c, d] = [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s];
      scale += logScale;
      const size = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d)) || 1;
      [a, b, c, d] = [a / size, b / size, c / size, d / size];
      scale += Math.log(size);
    }
    [p, q, r, s] = [p * p + q * r, p * q + q * s, r * p + s * r, r * q + s * s];
    logScale *= 2;
    const size = Math.max(Math.abs(p), Math.abs(q), Math.abs(r), Math.abs(s)) || 1;
    [p, q, r, s] = [p / size, q / size, r / size, s / size];
    logScale += Math.log(size);
  }
  return scale + Math.log(Math.abs(a * first + b));
}
