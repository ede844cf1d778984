// What the live figure's JavaScript computes, for test_parity.py: questions come as JSON, answers go as JSON.

import { json } from "node:stream/consumers";

import { descend, descendBy, epochsCounted } from "../../web/widget/mathematics/descents.js";
import { finiteDifferences } from "../../web/widget/mathematics/differences.js";
import { LOSSES } from "../../web/widget/mathematics/losses.js";
import { permutations } from "../../web/widget/mathematics/numpy_random.js";
import { standardize } from "../../web/widget/mathematics/scaling.js";
import {
  bestRateAfter,
  bestSettings,
  epochsToTolerance,
  maxLearningRate,
  regime,
} from "../../web/widget/mathematics/spectrum.js";
import { stops } from "../../web/widget/mathematics/stopping.js";
import { hasRegime, isPlain, methodOf, outcome } from "../../web/widget/outcome.js";

/** @param state of a figure @param theta where gdlib's run ends @param differences [step, scheme] of each that is wanted */
function answer({ state, theta, differences }) {
  const { start, learning_rate, epochs, tolerance, rule, momentum, stop_tolerance } = state;
  const points = state.standardised ? standardize(state.points).points : state.points;
  const loss = LOSSES[state.loss].make(points, state.loss_scale);
  const method = methodOf(state);
  const run = isPlain(state)
    ? descend(loss, start, learning_rate, epochs)
    : descendBy(loss, points, method, start, epochs);
  const at = (epoch) => [run.intercepts[epoch], run.slopes[epoch]];
  const stopped = Object.entries(stops(loss, points, method, start, epochs, stop_tolerance));
  return {
    epochs: run.epochs,
    way: [1, 2, 3, 4].map((quarter) => at(Math.floor((run.epochs * quarter) / 4))),
    losses: [loss.value(...theta), run.losses[run.epochs]],
    gradients: [loss.gradient(...theta), loss.gradient(...at(run.epochs))],
    steps_to_stop: Object.fromEntries(stopped.map(([name, stop]) => [name, stop && stop.steps])),
    sentences: outcome(loss, run, state),
    differences: differences.map((difference) => finiteDifferences(loss, start, ...difference)),
    epochs_counted: loss.minimum ? epochsCounted(run, loss.minimum, tolerance) : null,
    ...(hasRegime({ ...state, half_life: 0, batch_size: 0 }) ? predicted() : {}),
  };

  /** What is known of a quadratic. */
  function predicted() {
    const best = bestSettings(loss, rule);
    const limit = maxLearningRate(loss, rule, momentum);
    return {
      regime: regime(loss, learning_rate, rule, momentum),
      max_learning_rate: limit,
      best_after: bestRateAfter(loss, start, epochs, rule, momentum, [limit / 1000, limit]),
      best: [best.learning_rate, best.momentum ?? 0],
      epochs_to_tolerance: epochsToTolerance(loss, start, learning_rate, tolerance),
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
