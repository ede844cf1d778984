// What a step sees: all points, or a mini-batch of them, as gdlib.batches.

import { permutations } from "./numpy_random.js";

export const stepsPerEpoch = (points, { batch_size }) =>
  batch_size ? Math.ceil(points.length / Math.min(batch_size, points.length)) : 1;

/** What a step sees that sees all points. */
export const allPoints = (loss) => ({
  value: loss.value,
  gradient: loss.gradient,
  curvature(u0, u1) {
    const [a, b, c] = loss.hessian;
    return u0 * (a * u0 + b * u1) + u1 * (b * u0 + c * u1);
  },
});

const ORDERS = new Map(); // the last of them: neither a rate nor a momentum changes them

/** The points' places in the order in which so many epochs of mini-batches take them, one epoch after another. */
function ordersOf(seed, n, epochs) {
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

/** Where the points of the k-th step stand among the places of all epochs: from one, to before another. */
function spanOf(k, n, size, perEpoch) {
  const epoch = Math.floor(k / perEpoch);
  const from = epoch * n + (k % perEpoch) * size;
  return [from, Math.min(from + size, (epoch + 1) * n)];
}

/** Which points the k-th step sees, by their places among all. */
export function batchAt(points, { batch_size, seed }, epochs, k) {
  const [n, size] = [points.length, Math.min(batch_size, points.length)];
  const span = spanOf(k, n, size, stepsPerEpoch(points, { batch_size }));
  return [...ordersOf(seed, n, epochs).subarray(...span)];
}

/** What the steps see with mini-batches; `take` goes to a batch, by its place among the steps. */
export function miniBatches({ cost, pull }, points, { batch_size, seed }, epochs) {
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
      [from, to] = spanOf(k, n, size, perEpoch);
    },
    value(intercept, slope) {
      let sum = 0;
      for (let i = from; i < to; i++) {
        sum += cost((intercept + slope * xs[i] - ys[i]) ** 2);
      }
      return sum / (to - from);
    },
    gradient(intercept, slope) {
      let [sum, sumX] = [0, 0];
      for (let i = from; i < to; i++) {
        const pulled = pull(intercept + slope * xs[i] - ys[i]);
        sum += pulled;
        sumX += pulled * xs[i];
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
