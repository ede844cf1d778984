// What the live figure computes: losses, descents, their rates, and what is known of them without running any.
//
// Pure functions that agree with gdlib (tests/test_parity.py). Parameters are [intercept, slope], as in its NumPy half.

import { permutations } from "./numpy_random.js";

// ---------------------------------------------------------------------------------------------------- losses

/**
 * The mean squared error of a line on some points, as gdlib.losses.MeanSquaredError: a quadratic.
 * @typedef {object} Loss
 * @property {[number, number, number]} hessian entries [0][0], [0][1] and [1][1]
 * @property {[number, number]} offset the gradient is hessian * theta - offset
 * @property {[number, number]} minimum
 * @property {number} lowest the loss at the minimum
 * @property {[number, number]} eigenvalues of the Hessian, smallest first
 * @property {[number, number]} steep unit eigenvector of the largest
 */

/** @param {[number, number][]} points @returns {Loss | null} null where no single line is best: all x are equal. */
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
  const hessian = [2, 2 * meanX, 2 * square];
  const root = Math.hypot(1 - square, 2 * meanX);
  const largest = 1 + square + root;
  // The form of the eigenvector that does not cancel; on a diagonal Hessian it is exactly an axis.
  const [across, along] = square > 1 ? [2 * meanX, square - 1 + root] : [1 - square + (root || 1), 2 * meanX];
  const length = Math.hypot(across, along);
  return {
    hessian,
    offset: [2 * meanY, 2 * mean(([x, y]) => x * y)],
    minimum,
    lowest: mean(([x, y]) => (minimum[0] + slope * x - y) ** 2),
    eigenvalues: [(4 * spread) / largest, largest], // their product is the determinant, which does not cancel so
    steep: [across / length, along / length],
  };
}

/** @param {Loss | Robust} loss @param {number} intercept @param {number} slope */
export function value(loss, intercept, slope) {
  if (loss.scale) return robustValue(loss, intercept, slope);
  const { hessian: [a, b, c], minimum, lowest } = loss; // prettier-ignore
  const u = intercept - minimum[0];
  const v = slope - minimum[1];
  return lowest + (u * (a * u + b * v) + v * (b * u + c * v)) / 2;
}

/** @param {Loss | Robust} loss @param {number} intercept @param {number} slope @returns {[number, number]} */
export function gradient(loss, intercept, slope) {
  if (loss.scale) return robustGradient(loss, intercept, slope);
  const { hessian: [a, b, c], offset } = loss; // prettier-ignore
  return [a * intercept + b * slope - offset[0], b * intercept + c * slope - offset[1]];
}

/**
 * A loss that forgives outliers, as gdlib.losses.GemanMcClure: no quadratic, and it may have several valleys.
 * @typedef {object} Robust
 * @property {[number, number][]} points
 * @property {number} scale a residual of this size costs half its square
 * @property {Float64Array} xs
 * @property {Float64Array} ys
 */

/** @param {[number, number][]} points @param {number} scale @returns {Robust} */
export const gemanMcClure = (points, scale) => ({
  points,
  scale,
  xs: Float64Array.from(points, ([x]) => x), // read in every epoch, which pairs would slow down
  ys: Float64Array.from(points, ([, y]) => y),
});

/** What a squared residual costs. @param {number} scale 0: itself */
const costOf = (square, scale) => (scale ? square / (1 + square / scale ** 2) : square);

/** Half of the derivative of that cost by the residual. @param {number} scale 0: the residual itself */
const pullOf = (residual, scale) => (scale ? residual / (1 + (residual / scale) ** 2) ** 2 : residual);

function robustValue({ xs, ys, scale }, intercept, slope) {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) {
    sum += costOf((intercept + slope * xs[i] - ys[i]) ** 2, scale);
  }
  return sum / xs.length;
}

function robustGradient({ xs, ys, scale }, intercept, slope) {
  let sum = 0;
  let sumX = 0;
  for (let i = 0; i < xs.length; i++) {
    const pull = pullOf(intercept + slope * xs[i] - ys[i], scale);
    sum += pull;
    sumX += pull * xs[i];
  }
  return [(2 * sum) / xs.length, (2 * sumX) / xs.length];
}

/**
 * The bottoms of the two deepest valleys, the deepest first; one, if there are no more.
 *
 * From the line through every pair of points, least squares whose weights are those of the last line's residuals: no
 * such round raises the loss (Black and Rangarajan, 1996).
 * @param {Robust} loss @returns {[number, number][]}
 */
export function valleys(loss) {
  const { points, scale } = loss;
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
          const weight = 1 / (1 + ((intercept + slope * x - y) / scale) ** 2) ** 2;
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
      const depth = value(loss, intercept, slope);
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
 * The points with their x brought to mean 0 and deviation 1, as gdlib.scaling.standardize does it.
 * @param {[number, number][]} points
 */
export function standardize(points) {
  const mean = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const deviation = Math.sqrt(points.reduce((sum, [x]) => sum + (x - mean) ** 2, 0) / points.length);
  return {
    points: points.map(([x, y]) => [(x - mean) / deviation, y]),
    /** The line for the x as they were. @returns {[number, number]} */
    translate: (intercept, slope) => [intercept - (slope / deviation) * mean, slope / deviation],
  };
}

// ------------------------------------------------------------------------------------------------- descents

/**
 * Every epoch of constant-rate descent, the start first; cut after the last whose numbers are all finite.
 * @param {Loss} loss @param {[number, number]} start @param {number} learningRate @param {number} epochs
 */
export function descend(loss, start, learningRate, epochs) {
  const intercepts = new Float64Array(epochs + 1);
  const slopes = new Float64Array(epochs + 1);
  const losses = new Float64Array(epochs + 1);
  const [[a, b, c], [p, q]] = [loss.hessian, loss.offset];
  let [intercept, slope] = start;
  for (let epoch = 0; ; epoch++) {
    const here = value(loss, intercept, slope);
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
 * @property {number} half the rate shrinks as one over the number of steps, and is halved after so many; 0: constant
 * @property {number} batch_size so many points a step; 0: all
 * @property {number} seed of the orders in which the batches take the points
 */

export const RULES = ["plain", "heavy ball", "nesterov", "adam", "exact line search", "backtracking"];
export const MOMENTUM_RULES = ["heavy ball", "nesterov"];

/** What makes a direction of the gradient; it is written into `into`. As gdlib.rules. */
function director(rule, momentum) {
  const velocity = [0, 0];
  const [mean, square] = [[0, 0], [0, 0]]; // prettier-ignore
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  let step = 0;
  const each = {
    "heavy ball": (g, i) => (velocity[i] = momentum * velocity[i] + g),
    nesterov: (g, i) => {
      velocity[i] = momentum * velocity[i] + g;
      return g + momentum * velocity[i];
    },
    adam: (g, i) => {
      mean[i] = beta1 * mean[i] + (1 - beta1) * g;
      square[i] = beta2 * square[i] + (1 - beta2) * g ** 2;
      return mean[i] / (1 - beta1 ** step) / (Math.sqrt(square[i] / (1 - beta2 ** step)) + epsilon);
    },
  }[rule];
  return (g0, g1, into) => {
    step++;
    into[0] = each ? each(g0, 0) : g0;
    into[1] = each ? each(g1, 1) : g1;
  };
}

/** What finds the rate of a step, or 0 where none goes down; null for rules that do not search. As gdlib.rates. */
function searcher(rule, first) {
  if (rule === "exact line search") {
    return (seen, intercept, slope, [g0, g1], [d0, d1]) => {
      const size = Math.hypot(d0, d1);
      const [u0, u1] = [d0 / size, d1 / size]; // so that the squares of a tiny direction do not vanish
      const [down, curvature] = [g0 * u0 + g1 * u1, seen.curvature(u0, u1)];
      return down > 0 && curvature > 0 ? down / curvature / size : 0;
    };
  }
  if (rule !== "backtracking") return null;
  const [shrink, fair] = [0.5, 1e-4];
  return (seen, intercept, slope, [g0, g1], [d0, d1]) => {
    const [here, down] = [seen.value(intercept, slope), g0 * d0 + g1 * d1];
    for (let rate = first; ; rate *= shrink) {
      const wanted = here - fair * rate * down;
      if (!(wanted < here)) return 0; // what is asked for is less than the rounding of the loss
      if (seen.value(intercept - rate * d0, slope - rate * d1) <= wanted) return rate;
    }
  };
}

/** What a step sees that sees all points. */
const allPoints = (loss) => ({
  value: (intercept, slope) => value(loss, intercept, slope),
  gradient: (intercept, slope) => gradient(loss, intercept, slope),
  curvature(u0, u1) {
    const [a, b, c] = loss.hessian;
    return u0 * (a * u0 + b * u1) + u1 * (b * u0 + c * u1);
  },
});

const ORDERS = new Map(); // the last of them: neither a rate nor a momentum changes them

/** The points' places in the order in which so many epochs of mini-batches take them, one epoch after another. */
export function ordersOf(seed, n, epochs) {
  const key = `${seed} ${n} ${epochs}`;
  if (!ORDERS.has(key)) {
    if (ORDERS.size >= 4) ORDERS.delete(ORDERS.keys().next().value);
    const draw = permutations(seed);
    const places = new Uint32Array(epochs * n);
    for (let epoch = 0; epoch < epochs; epoch++) places.set(draw(n), epoch * n);
    ORDERS.set(key, places);
  }
  return ORDERS.get(key);
}

/** What the steps see with mini-batches; `take` goes to a batch, by its place among the steps. */
function miniBatches({ scale }, points, { batch_size, seed }, epochs) {
  const n = points.length;
  const size = Math.min(batch_size, n);
  const perEpoch = stepsPerEpoch(points, { batch_size });
  const places = ordersOf(seed, n, epochs);
  const xs = new Float64Array(places.length);
  const ys = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) [xs[i], ys[i]] = points[places[i]];
  let [from, to] = [0, 0];
  return {
    perEpoch,
    take(k) {
      const epoch = Math.floor(k / perEpoch);
      from = epoch * n + (k % perEpoch) * size;
      to = Math.min(from + size, (epoch + 1) * n);
    },
    value(intercept, slope) {
      let sum = 0;
      for (let i = from; i < to; i++) {
        sum += costOf((intercept + slope * xs[i] - ys[i]) ** 2, scale);
      }
      return sum / (to - from);
    },
    gradient(intercept, slope) {
      let [sum, sumX] = [0, 0];
      for (let i = from; i < to; i++) {
        const pull = pullOf(intercept + slope * xs[i] - ys[i], scale);
        sum += pull;
        sumX += pull * xs[i];
      }
      return [(2 * sum) / (to - from), (2 * sumX) / (to - from)];
    },
    curvature(u0, u1) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += (u0 + u1 * xs[i]) ** 2;
      return (2 * sum) / (to - from);
    },
  };
}

/**
 * Take the steps of a descent, as gdlib.descent.descend.
 *
 * `visit(k, intercept, slope, gradient)` sees every place with the gradient that the next step is to use, the last one
 * with that of all points; the walk ends where it returns true, or where a line search finds no lower place.
 * @param {Loss | Robust} loss @param {[number, number][]} points @param {Method} method
 * @param {[number, number]} start @param {number} epochs
 */
function walk(loss, points, method, start, epochs, visit) {
  const { rule, learning_rate, momentum, half, batch_size } = method;
  const whole = allPoints(loss);
  const batches = batch_size ? miniBatches(loss, points, method, epochs) : null;
  const steps = epochs * (batches?.perEpoch ?? 1);
  const [direct, search] = [director(rule, momentum), searcher(rule, learning_rate)];
  const direction = [0, 0];
  let [intercept, slope] = start;
  for (let k = 0; ; k++) {
    const seen = batches && k < steps ? batches : whole;
    batches?.take(k);
    const uphill = seen.gradient(intercept, slope);
    if (visit(k, intercept, slope, uphill) || k === steps) return;
    direct(uphill[0], uphill[1], direction);
    let rate = half && !search ? learning_rate / (1 + k / half) : learning_rate;
    if (search) {
      rate = search(seen, intercept, slope, uphill, direction);
      if (!rate && seen === whole) return; // a batch that is fitted says nothing about the others
    }
    intercept -= rate * direction[0];
    slope -= rate * direction[1];
  }
}

export const stepsPerEpoch = (points, { batch_size }) =>
  batch_size ? Math.ceil(points.length / Math.min(batch_size, points.length)) : 1;

/**
 * Where every epoch of any descent ends, the start first; cut as in `descend`. After a line search has found no lower
 * place, it stands still.
 * @param {Loss | Robust} loss @param {[number, number][]} points @param {Method} method
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
    const here = k % perEpoch ? 0 : value(loss, nextIntercept, nextSlope);
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
  losses.fill(value(loss, intercept, slope), ended + 1);
  return { intercepts, slopes, losses, epochs };
}

/**
 * Where each of three rules would stop a descent: a small gradient, a small step, a small gain, as gdlib.stopping.
 * @param {Loss | Robust} loss @param {[number, number][]} points @param {Method} method
 * @param {[number, number]} start @param {number} epochs at most @param {number} tolerance
 * @returns {Record<"gradient" | "step" | "gain", {steps: number, epoch: number, theta: [number, number]} | null>}
 */
export function stops(loss, points, method, start, epochs, tolerance) {
  const found = { gradient: null, step: null, gain: null };
  const perEpoch = stepsPerEpoch(points, method);
  let [lastIntercept, lastSlope, last] = [NaN, NaN, NaN];
  const within = (a, b) => Math.sqrt(a * a + b * b) <= tolerance; // Math.hypot takes ten times as long
  walk(loss, points, method, start, epochs, (k, intercept, slope, uphill) => {
    const here = value(loss, intercept, slope);
    if (!Number.isFinite(here)) return true;
    const stop = { steps: k, epoch: Math.ceil(k / perEpoch), theta: [intercept, slope] };
    if (!found.gradient && within(uphill[0], uphill[1])) found.gradient = stop;
    if (!found.step && within(intercept - lastIntercept, slope - lastSlope)) found.step = stop;
    if (!found.gain && Math.abs(here - last) <= tolerance) found.gain = stop;
    lastIntercept = intercept;
    lastSlope = slope;
    last = here;
    return Boolean(found.gradient && found.step && found.gain);
  });
  return found;
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

// -------------------------------------------------------------------------------------------------- spectrum

/** Of rate times curvature: from there on a rule with this momentum does not converge. */
function limitOf(rule, momentum) {
  if (rule === "heavy ball") return 2 * (1 + momentum);
  return rule === "nesterov" ? (2 * (1 + momentum)) / (1 + 2 * momentum) : 2;
}

/**
 * Whether descent at a constant rate on all points converges, swings on its way, or diverges.
 * @param {Loss} loss @param {number} learningRate @param {string} rule "plain", "heavy ball" or "nesterov"
 * @param {number} momentum @returns {"CONVERGES" | "OSCILLATES" | "DIVERGES"}
 */
export function regime({ eigenvalues }, learningRate, rule = "plain", momentum = 0) {
  if (learningRate * eigenvalues[1] >= limitOf(rule, momentum)) return "DIVERGES";
  return eigenvalues.some((eigenvalue) => swings(learningRate * eigenvalue, rule, momentum))
    ? "OSCILLATES"
    : "CONVERGES";
}

/** Whether the path swings in a direction: the recurrence of the distance there has a root that is no number >= 0. */
function swings(q, rule, momentum) {
  if (!MOMENTUM_RULES.includes(rule)) return q > 1;
  const ahead = rule === "nesterov";
  const half = (1 - (ahead ? (1 + momentum) * q : q) + momentum) / 2;
  const product = momentum * (ahead ? 1 - q : 1);
  return half * half < product || half - Math.sqrt(half * half - product) < 0;
}

/** The rate from which on descent does not converge. @param {Loss} loss */
export const maxLearningRate = ({ eigenvalues: [, largest] }, rule = "plain", momentum = 0) =>
  limitOf(rule, momentum) / largest;

/** @param {Loss} loss */
export const bestLearningRate = ({ eigenvalues: [smallest, largest] }) => 2 / (smallest + largest);

/**
 * The rate and the momentum whose slowest direction is fastest.
 * @param {Loss} loss @param {string} rule "heavy ball" or "nesterov"
 */
export function bestWithMomentum({ eigenvalues: [smallest, largest] }, rule) {
  if (rule === "nesterov") {
    const root = Math.sqrt(3 * (largest / smallest) + 1);
    return { learning_rate: 4 / (3 * largest + smallest), momentum: (root - 2) / (root + 2) };
  }
  const [small, large] = [Math.sqrt(smallest), Math.sqrt(largest)];
  return { learning_rate: (2 / (large + small)) ** 2, momentum: ((large - small) / (large + small)) ** 2 };
}

/**
 * How many epochs until both parameters stay within `tolerance` of the minimum: predicted, not run.
 * @param {Loss} loss @param {[number, number]} start @param {number} learningRate @param {number} tolerance
 */
export function epochsToTolerance(loss, start, learningRate, tolerance) {
  const [steep, flat] = parts(loss, start);
  const [shrinkFlat, shrinkSteep] = loss.eigenvalues.map((eigenvalue) => 1 - learningRate * eigenvalue);
  const moving = [...(steep.some(Boolean) ? [shrinkSteep] : []), ...(flat.some(Boolean) ? [shrinkFlat] : [])];
  if (moving.some((shrink) => Math.abs(shrink) > 1)) return Infinity; // even a start within it does not stay there
  if ([0, 1].every((i) => Math.abs(steep[i]) + Math.abs(flat[i]) <= tolerance)) return 0;
  if (moving.some((shrink) => Math.abs(shrink) === 1)) return Infinity;
  return Math.max(...[0, 1].map((i) => lastOutside(steep[i], shrinkSteep, flat[i], shrinkFlat, tolerance) + 1));
}

/** The distance of the start from the minimum along each eigenvector, as its share in both parameters. */
export function parts({ minimum, steep: [cos, sin] }, start) {
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

// ---------------------------------------------------------------------------------------- finite differences

/**
 * The gradient from values of the loss alone, as gdlib.checking.finite_differences.
 * @param {Loss | Robust} loss @param {[number, number]} theta @param {number} step
 * @param {"central" | "forward"} scheme @returns {[number, number]}
 */
export function finiteDifferences(loss, theta, step, scheme) {
  return [0, 1].map((i) => {
    const h = step * Math.max(1, Math.abs(theta[i]));
    const [ahead, back] = [[...theta], [...theta]];
    ahead[i] += h;
    if (scheme === "central") back[i] -= h;
    // What the sum of two floats really is, lest its rounding be taken for a slope.
    return (value(loss, ...ahead) - value(loss, ...back)) / (ahead[i] - back[i]);
  });
}

/** How far these are from the gradient, relative to the largest entry of both. */
export function differenceError(loss, theta, step, scheme) {
  const [claimed, found] = [gradient(loss, ...theta), finiteDifferences(loss, theta, step, scheme)];
  const size = Math.max(...[...claimed, ...found].map(Math.abs));
  return size > 0 ? Math.max(...claimed.map((entry, i) => Math.abs(entry - found[i]))) / size : 0;
}

// -------------------------------------------------------------------------------------------------- contours

/**
 * The line of equal loss through the farthest corner of a box around the minimum: its half axes as they are where the box is
 * the square from -1 to 1, and the direction of the short one. No unit of x or y matters to them, however small or large.
 * @param {Loss} loss @param {[number, number]} halves of the box, in both parameters
 */
export function ellipse({ hessian: [a, b, c], eigenvalues: [smallest, largest] }, halves) {
  const sizes = [Math.sqrt(a) * halves[0], Math.sqrt(c) * halves[1]];
  const [p, q] = sizes.map((size) => size / Math.max(...sizes));
  const cosine = b / Math.sqrt(a * c);
  // The same quadratic for the square, but for a factor.
  const [A, B, C] = [p * p, cosine * p * q, q * q];
  const root = Math.hypot(A - C, 2 * B);
  const steepest = (A + C + root) / 2;
  const flattest = ((smallest * largest) / (a * c)) * ((A * C) / steepest); // their product is the determinant
  const [across, along] = A > C ? [A - C + root, 2 * B] : [2 * B, C - A + (root || 1)];
  const length = Math.hypot(across, along);
  const corner = A + 2 * Math.abs(B) + C;
  return {
    steep: [across / length, along / length],
    short: Math.sqrt(corner / steepest),
    long: Math.sqrt(corner / flattest),
  };
}

/**
 * Where a function that is known on a grid has some level: marching squares.
 * @param {Float64Array} grid row by row @param {number} columns @param {number} level
 * @returns {[[number, number], [number, number]][]} pieces of the line, in columns and rows
 */
export function contour(grid, columns, level) {
  const pieces = [];
  const rows = grid.length / columns;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const i = row * columns + column;
      // Around the square, from its first corner on.
      const [a, b, c, d] = [grid[i], grid[i + 1], grid[i + columns + 1], grid[i + columns]];
      const above = (corner) => corner > level;
      if (above(a) === above(b) && above(b) === above(c) && above(c) === above(d)) continue;
      const between = (from, to) => (level - from) / (to - from);
      const top = above(a) !== above(b) && [column + between(a, b), row];
      const right = above(b) !== above(c) && [column + 1, row + between(b, c)];
      const bottom = above(c) !== above(d) && [column + between(d, c), row + 1];
      const left = above(d) !== above(a) && [column, row + between(a, d)];
      const crossed = [top, right, bottom, left].filter(Boolean);
      if (crossed.length === 2) pieces.push(crossed);
      // On a saddle, the middle tells which two corners belong together.
      else if (above((a + b + c + d) / 4) === above(a)) pieces.push([top, right], [bottom, left]);
      else pieces.push([top, left], [right, bottom]);
    }
  }
  return pieces;
}
