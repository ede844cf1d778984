// The losses that a line may have, by name, as gdlib.costs.COSTS. Parameters are [intercept, slope], as in gdlib.
//
// To add one: an entry in LOSSES with its cost and its weight, both in exact arithmetic, too.

import { add, divide, exact, multiply } from "./exact.js";

/**
 * A loss on some points.
 * @typedef {object} Loss
 * @property {boolean} quadratic
 * @property {(intercept: number, slope: number) => number} value
 * @property {(intercept: number, slope: number) => [number, number]} gradient
 * @property {(square: number) => number} cost of a point, by the square of its residual
 * @property {(residual: number) => number} pull half of the derivative of that cost
 * @property {() => [number, number][]} bottoms where the loss is lowest: its minimum, or the two deepest valleys
 * @property {number} [ceiling] what the loss is below everywhere
 *
 * A quadratic has more, all of it known without a descent.
 * @typedef {object} Quadratic
 * @property {[number, number, number]} hessian entries [0][0], [0][1] and [1][1]
 * @property {[number, number]} offset the gradient is hessian * theta - offset
 * @property {[number, number]} minimum
 * @property {number} lowest the loss at the minimum
 * @property {[number, number]} eigenvalues of the Hessian, smallest first
 * @property {[number, number]} steep unit eigenvector of the largest
 */

/**
 * The mean squared error of a line on some points, as gdlib.losses.MeanSquaredError.
 * @param {[number, number][]} points
 * @returns {(Loss & Quadratic) | null} null where no single line is best: all x are equal.
 */
export function meanSquaredError(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const square = mean(([x]) => x * x);
  const spread = mean(([x]) => (x - meanX) ** 2);
  // Whether all x are equal does not depend on their unit, though squares may leave the range of a float.
  const far = Math.max(...points.map(([x]) => Math.abs(x)));
  const middle = mean(([x]) => x / far);
  if (!(mean(([x]) => (x / far - middle) ** 2) > 2e-15 * mean(([x]) => (x / far) ** 2))) return null;
  const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / spread;
  const minimum = [meanY - slope * meanX, slope];
  const [a, b, c] = [2, 2 * meanX, 2 * square];
  const offset = [2 * meanY, 2 * mean(([x, y]) => x * y)];
  const lowest = mean(([x, y]) => (minimum[0] + slope * x - y) ** 2);
  const root = Math.hypot(1 - square, 2 * meanX);
  const largest = 1 + square + root;
  // The form of the eigenvector that does not cancel; on a diagonal Hessian it is exactly an axis.
  const [across, along] = square > 1 ? [2 * meanX, square - 1 + root] : [1 - square + (root || 1), 2 * meanX];
  const length = Math.hypot(across, along);
  return {
    quadratic: true,
    hessian: [a, b, c],
    offset,
    minimum,
    lowest,
    eigenvalues: [(4 * spread) / largest, largest], // their product is the determinant, which does not cancel so
    steep: [across / length, along / length],
    value(intercept, slope) {
      const u = intercept - minimum[0];
      const v = slope - minimum[1];
      return lowest + (u * (a * u + b * v) + v * (b * u + c * v)) / 2;
    },
    gradient: (intercept, slope) => [a * intercept + b * slope - offset[0], b * intercept + c * slope - offset[1]],
    cost: (square) => square,
    pull: (residual) => residual,
    bottoms: () => [minimum],
  };
}

/**
 * What makes a loss of a cost that grows more slowly than the squared residual, as gdlib.losses.RobustLoss. It may
 * have several valleys.
 * @param {object} of
 * @param {(square: number, scale: number) => number} of.cost of a point, by the square of its residual
 * @param {(residual: number, scale: number) => number} of.weight the share of its pull under the squared cost that a
 *   residual keeps
 * @param {(scale: number) => number} [of.ceiling] what the cost is below everywhere
 */
function robust({ cost, weight, ceiling }) {
  return (points, scale) => {
    const xs = Float64Array.from(points, ([x]) => x); // read in every epoch, which pairs would slow down
    const ys = Float64Array.from(points, ([, y]) => y);
    const pull = (residual) => residual * weight(residual, scale);
    const value = (intercept, slope) => {
      let sum = 0;
      for (let i = 0; i < xs.length; i++) sum += cost((intercept + slope * xs[i] - ys[i]) ** 2, scale);
      return sum / xs.length;
    };
    return {
      quadratic: false,
      value,
      gradient(intercept, slope) {
        let sum = 0;
        let sumX = 0;
        for (let i = 0; i < xs.length; i++) {
          const pulled = pull(intercept + slope * xs[i] - ys[i]);
          sum += pulled;
          sumX += pulled * xs[i];
        }
        return [(2 * sum) / xs.length, (2 * sumX) / xs.length];
      },
      cost: (square) => cost(square, scale),
      pull,
      bottoms: () => valleys(points, scale, (residual) => weight(residual, scale), value),
      ceiling: ceiling?.(scale),
    };
  };
}

/**
 * The bottoms of the two deepest valleys, the deepest first; one, if there are no more.
 *
 * From the line through every pair of points, least squares whose weights are those of the last line's residuals: no
 * such round raises the loss (Black and Rangarajan, 1996).
 * @returns {[number, number][]}
 */
function valleys(points, scale, weightOf, value) {
  const bottoms = [];
  for (let i = 0; i < points.length; i++) {
    for (let j = 0; j < i; j++) {
      const [[x0, y0], [x1, y1]] = [points[i], points[j]];
      if (x0 === x1) continue;
      let slope = (y1 - y0) / (x1 - x0);
      let intercept = y0 - slope * x0;
      for (let round = 0; round < 40; round++) {
        let [sum, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
        for (const [x, y] of points) {
          const weight = weightOf(intercept + slope * x - y);
          sum += weight;
          sumX += weight * x;
          sumY += weight * y;
          sumXX += weight * x * x;
          sumXY += weight * x * y;
        }
        const spread = sum * sumXX - sumX * sumX;
        if (!(spread > 1e-12 * sum * sumXX)) break; // all the weight is on a single x
        const before = [intercept, slope];
        slope = (sum * sumXY - sumX * sumY) / spread;
        intercept = (sumY - slope * sumX) / sum;
        if (Math.abs(intercept - before[0]) + Math.abs(slope - before[1]) * Math.sqrt(sumXX / sum) < 1e-6 * scale)
          break;
      }
      const depth = value(intercept, slope);
      if (Number.isFinite(depth)) bottoms.push({ depth, theta: [intercept, slope] });
    }
  }
  bottoms.sort((one, other) => one.depth - other.depth);
  const apart = ([a, b], [c, d]) => points.some(([x]) => Math.abs(a - c + (b - d) * x) > scale / 2);
  const [deepest] = bottoms;
  const second = bottoms.find(({ theta }) => apart(theta, deepest.theta));
  return [deepest, second].flatMap((bottom) => (bottom ? [bottom.theta] : []));
}

/**
 * Each loss by its name: what makes it of points and a scale, and whether it is a quadratic. `python` makes the cost of
 * one that is not in gdlib, of numbers as Python writes them. `terms` makes, in exact
 * arithmetic, the cost of a point and the share of its pull that it keeps, from the square of its error; without it
 * these are the square and all of it.
 */
export const LOSSES = {
  "mean squared error": { quadratic: true, make: meanSquaredError },
  "geman-mcclure": {
    quadratic: false,
    python: ({ loss_scale }) => `GemanMcClureCost(scale=${loss_scale})`,
    make: robust({
      cost: (square, scale) => square / (1 + square / scale ** 2),
      weight: (residual, scale) => 1 / (1 + (residual / scale) ** 2) ** 2,
      ceiling: (scale) => scale ** 2,
    }),
    terms(square, scale) {
      const below = add(exact(1), divide(square, multiply(exact(scale), exact(scale))));
      return { cost: divide(square, below), weight: divide(exact(1), multiply(below, below)) };
    },
  },
};
