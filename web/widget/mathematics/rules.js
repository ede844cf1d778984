// The step rules that a figure may have, by name, as gdlib.rules.RULES and gdlib.rates.SEARCHES.
//
// To add one: an entry in RULES. Its label is its name unless messages.js has another. What its terms are called stands
// in messages.js, too.

import { add, divide, exact, multiply, power, root, subtract } from "./exact.js";
import { backtracking, exactLineSearch } from "./rates.js";

/**
 * @typedef {object} Rule
 * @property {(momentum: number, memory: Pair[]) => (g: number, i: 0 | 1, step: number, at: number) => number} [direction]
 *   what makes the i-th entry of the direction from that of the gradient, at a step that is counted from 1, and of the
 *   place; without it they are the same
 * @property {number} [remembers] so many pairs from one step to the next
 * @property {(g: Exact, memory: number[], step: number, momentum: number, at: Exact) => Record<string, Exact>} [terms] what such
 *   an entry is made of, by names that messages.js has; the last is the entry itself
 * @property {(first: number) => Function} [search] what chooses the rate of each step; see rates.js
 * @property {true} [momentum] the rule takes a momentum
 * @property {true} [equalAxes] it goes equally far in both parameters, and so do the axes of the surface
 * @property {true} [needsQuadratic] it has a formula for quadratics alone
 * @property {(written: {learning_rate: string, momentum: string}) => string} [python] what makes it in gdlib, of numbers
 *   as Python writes them; without it, it is what gdlib takes where nothing is said
 *
 * Where curvature alone tells how a descent goes, on a quadratic at a constant rate:
 * @property {(momentum: number) => number} [limit] of rate times curvature; from there on it does not converge
 * @property {(q: number, momentum: number) => [number, number]} [roots] sum and product of the roots of the recurrence
 *   that the distance from the minimum follows in a direction; q is rate times curvature
 * @property {(eigenvalues: [number, number]) => {learning_rate: number, momentum?: number}} [best] the settings whose
 *   slowest direction is fastest
 */

/** @typedef {import("./exact.js").Exact} Exact @typedef {[number, number]} Pair of the intercept's and the slope's */

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]; // of Adam; RMSProp has the same epsilon
const [BETA, TINY, DECAY] = [0.99, 1e-10, 0.01]; // of RMSProp, AdaGrad and AdamW
const ONE = exact(1);

/** What is left of a mean when a new number comes in with the rest of its weight. */
const blend = (beta, old, next) => add(multiply(beta, old), multiply(subtract(ONE, beta), next));

const adam =
  (momentum, [mean, square]) =>
  (g, i, step) => {
    mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
    square[i] = BETA2 * square[i] + (1 - BETA2) * g ** 2;
    return mean[i] / (1 - BETA1 ** step) / (Math.sqrt(square[i] / (1 - BETA2 ** step)) + EPSILON);
  };

function adamTerms(g, memory, step) {
  const [mean, square] = memory.map(exact);
  const newMean = blend(exact(BETA1), mean, g);
  const newSquare = blend(exact(BETA2), square, multiply(g, g));
  const [share1, share2] = [BETA1, BETA2].map((beta) => subtract(ONE, power(exact(beta), step)));
  const size = root(divide(newSquare, share2));
  const scaled = divide(divide(newMean, share1), add(size, exact(EPSILON)));
  return { mean, newMean, square, newSquare, share1, share2, size, scaled };
}

/** @type {Record<string, Rule>} */
export const RULES = {
  plain: {
    limit: () => 2,
    roots: (q) => [1 - q, 0],
    best: ([smallest, largest]) => ({ learning_rate: 2 / (smallest + largest) }),
  },
  "heavy ball": {
    momentum: true,
    python: ({ momentum }) => `HeavyBall(${momentum})`,
    remembers: 1,
    direction:
      (momentum, [velocity]) =>
      (g, i) =>
        (velocity[i] = momentum * velocity[i] + g),
    terms(g, [velocity], step, momentum) {
      const [share, before] = [exact(momentum), exact(velocity)];
      return { momentum: share, velocity: before, newVelocity: add(multiply(share, before), g) };
    },
    limit: (momentum) => 2 * (1 + momentum),
    roots: (q, momentum) => [1 - q + momentum, momentum],
    best([smallest, largest]) {
      const [small, large] = [Math.sqrt(smallest), Math.sqrt(largest)];
      return { learning_rate: (2 / (large + small)) ** 2, momentum: ((large - small) / (large + small)) ** 2 };
    },
  },
  nesterov: {
    momentum: true,
    python: ({ momentum }) => `Nesterov(${momentum})`,
    remembers: 1,
    direction:
      (momentum, [velocity]) =>
      (g, i) => {
        velocity[i] = momentum * velocity[i] + g;
        return g + momentum * velocity[i];
      },
    terms(g, [velocity], step, momentum) {
      const [share, before] = [exact(momentum), exact(velocity)];
      const newVelocity = add(multiply(share, before), g);
      return { momentum: share, velocity: before, newVelocity, ahead: add(g, multiply(share, newVelocity)) };
    },
    limit: (momentum) => (2 * (1 + momentum)) / (1 + 2 * momentum),
    roots: (q, momentum) => [1 - (1 + momentum) * q + momentum, momentum * (1 - q)],
    best([smallest, largest]) {
      const root = Math.sqrt(3 * (largest / smallest) + 1);
      return { learning_rate: 4 / (3 * largest + smallest), momentum: (root - 2) / (root + 2) };
    },
  },
  adagrad: {
    equalAxes: true,
    python: () => "AdaGrad()",
    remembers: 1,
    direction:
      (momentum, [sum]) =>
      (g, i) =>
        g / (Math.sqrt((sum[i] += g ** 2)) + TINY),
    terms(g, [before]) {
      const sum = exact(before);
      const newSum = add(sum, multiply(g, g));
      const sumSize = root(newSum);
      return { sum, newSum, sumSize, overSum: divide(g, add(sumSize, exact(TINY))) };
    },
  },
  rmsprop: {
    equalAxes: true,
    python: () => "RMSProp()",
    remembers: 1,
    direction:
      (momentum, [square]) =>
      (g, i) =>
        g / (Math.sqrt((square[i] = BETA * square[i] + (1 - BETA) * g ** 2)) + EPSILON),
    terms(g, [before]) {
      const square = exact(before);
      const newRecent = blend(exact(BETA), square, multiply(g, g));
      const recentSize = root(newRecent);
      return { square, newRecent, recentSize, overRecent: divide(g, add(recentSize, exact(EPSILON))) };
    },
  },
  adam: { equalAxes: true, python: () => "Adam()", remembers: 2, direction: adam, terms: adamTerms },
  adamw: {
    equalAxes: true,
    python: () => "AdamW()",
    remembers: 2,
    direction(momentum, memory) {
      const entry = adam(momentum, memory);
      return (g, i, step, at) => entry(g, i, step) + DECAY * at;
    },
    terms(g, memory, step, momentum, at) {
      const { scaled: adams, ...terms } = adamTerms(g, memory, step);
      return { ...terms, adams, decayed: add(adams, multiply(exact(DECAY), at)) };
    },
  },
  "exact line search": { search: () => exactLineSearch, needsQuadratic: true, python: () => "ExactLineSearch()" },
  backtracking: { search: backtracking, python: ({ learning_rate }) => `Backtracking(first=${learning_rate})` },
};

/** What a rule remembers, before the first step. @param {Rule} rule @returns {Pair[]} */
export const memoryOf = ({ remembers = 0 }) => Array.from({ length: remembers }, () => [0, 0]);
