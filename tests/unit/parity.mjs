// What the live figure's JavaScript computes, for test_parity.py: questions come as JSON, answers go as JSON.

import { json } from "node:stream/consumers";

import { outcome } from "../../gdlib/widgets/explorer.js";
import {
  bestLearningRate,
  bestWithMomentum,
  descend,
  descendBy,
  epochsCounted,
  epochsToTolerance,
  finiteDifferences,
  gemanMcClure,
  gradient,
  maxLearningRate,
  meanSquaredError,
  regime,
  standardize,
  stops,
  value,
} from "../../gdlib/widgets/mathematics.js";
import { permutations } from "../../gdlib/widgets/numpy_random.js";

/** @param state of a figure @param theta where gdlib's run ends @param differences [step, scheme] of each that is wanted */
function answer({ state, theta, differences }) {
  const { start, learning_rate, epochs, tolerance, rule, momentum, scale, stop_tolerance } = state;
  const points = state.standardised ? standardize(state.points).points : state.points;
  const loss = scale ? gemanMcClure(points, scale) : meanSquaredError(points);
  const plain = rule === "plain" && !state.half && !state.batch_size && !scale;
  const run = plain ? descend(loss, start, learning_rate, epochs) : descendBy(loss, points, state, start, epochs);
  const at = (epoch) => [run.intercepts[epoch], run.slopes[epoch]];
  const stopped = Object.entries(stops(loss, points, state, start, epochs, stop_tolerance));
  return {
    epochs: run.epochs,
    way: [1, 2, 3, 4].map((quarter) => at(Math.floor((run.epochs * quarter) / 4))),
    losses: [value(loss, ...theta), run.losses[run.epochs]],
    gradients: [gradient(loss, ...theta), gradient(loss, ...at(run.epochs))],
    steps_to_stop: Object.fromEntries(stopped.map(([name, stop]) => [name, stop && stop.steps])),
    sentences: outcome(loss, run, state),
    differences: differences.map((difference) => finiteDifferences(loss, start, ...difference)),
    ...(scale ? {} : predicted()),
  };

  /** What is known of a quadratic. */
  function predicted() {
    const best = rule === "plain" ? { learning_rate: bestLearningRate(loss) } : bestWithMomentum(loss, rule);
    return {
      regime: regime(loss, learning_rate, rule, momentum),
      max_learning_rate: maxLearningRate(loss, rule, momentum),
      best: [best.learning_rate, best.momentum ?? 0],
      epochs_to_tolerance: epochsToTolerance(loss, start, learning_rate, tolerance),
      epochs_counted: epochsCounted(run, loss.minimum, tolerance),
    };
  }
}

const { settings, orders } = await json(process.stdin);
const drawn = orders.map(({ seed, n, many }) => {
  const draw = permutations(seed);
  return Array.from({ length: many }, () => [...draw(n)]);
});
const finite = (key, found) => (typeof found === "number" && !Number.isFinite(found) ? `${found}` : found); // as text
process.stdout.write(JSON.stringify({ settings: settings.map(answer), orders: drawn }, finite));
