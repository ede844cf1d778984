// The step rules that a figure may have, by name, as gdlib.rules.RULES and gdlib.rates.SEARCHES.
//
// To add one: an entry in RULES. Its label is its name unless messages.js has another.

import { backtracking, exactLineSearch } from "./rates.js";

/**
 * @typedef {object} Rule
 * @property {(momentum: number) => (g: number, i: 0 | 1, step: number) => number} [direction] what makes the i-th entry
 *   of the direction from that of the gradient, at a step that is counted from 1; without it they are the same
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
    direction(momentum) {
      const velocity = [0, 0];
      return (g, i) => (velocity[i] = momentum * velocity[i] + g);
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
    direction(momentum) {
      const velocity = [0, 0];
      return (g, i) => {
        velocity[i] = momentum * velocity[i] + g;
        return g + momentum * velocity[i];
      };
    },
    limit: (momentum) => (2 * (1 + momentum)) / (1 + 2 * momentum),
    roots: (q, momentum) => [1 - (1 + momentum) * q + momentum, momentum * (1 - q)],
    best([smallest, largest]) {
      const root = Math.sqrt(3 * (largest / smallest) + 1);
      return { learning_rate: 4 / (3 * largest + smallest), momentum: (root - 2) / (root + 2) };
    },
  },
  adam: {
    equalAxes: true,
    python: () => "Adam()",
    direction() {
      const [mean, square] = [[0, 0], [0, 0]]; // prettier-ignore
      const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
      return (g, i, step) => {
        mean[i] = beta1 * mean[i] + (1 - beta1) * g;
        square[i] = beta2 * square[i] + (1 - beta2) * g ** 2;
        return mean[i] / (1 - beta1 ** step) / (Math.sqrt(square[i] / (1 - beta2 ** step)) + epsilon);
      };
    },
  },
  "exact line search": { search: () => exactLineSearch, needsQuadratic: true, python: () => "ExactLineSearch()" },
  backtracking: { search: backtracking, python: ({ learning_rate }) => `Backtracking(first=${learning_rate})` },
};
