// What there is to say of a descent: how it goes, how long it takes, and what its rate could be.

import { stepsPerEpoch } from "./mathematics/batches.js";
import { epochsCounted } from "./mathematics/descents.js";
import { LOSSES } from "./mathematics/losses.js";
import { inverseTime } from "./mathematics/rates.js";
import { RULES } from "./mathematics/rules.js";
import { epochsToTolerance, regime } from "./mathematics/spectrum.js";
import * as messages from "./messages.js";
import { ENDS, REGIMES, WAYS, WIDEST, WIDEST_COUNT } from "./messages.js";

/** What mathematics/descents.js calls a method. */
export const methodOf = ({ rule, learning_rate, momentum, half_life, shrinking, batch_size, seed }) => ({
  rule,
  learning_rate,
  momentum,
  half_life: shrinking ? half_life : 0,
  batch_size,
  seed,
});

/** Whether curvature alone says how the descent goes. */
export const hasRegime = ({ rule, half_life, shrinking, batch_size, loss, isOwn }) =>
  Boolean(RULES[rule].limit && LOSSES[loss].quadratic && !(half_life && shrinking) && !batch_size && !isOwn);

/** Whether it is plain descent at a constant rate on all points and their squares: fast to run, and all of it known. */
export const isPlain = (state) => state.rule === "plain" && hasRegime(state);

const sentencesOf = (rule) => (RULES[rule].momentum ? REGIMES.momentum : REGIMES.plain);

/** How the descent goes: its regime where it has one, else what the run does; a word and a sentence. */
export function course(loss, run, state) {
  const { rule, momentum, learning_rate, max_epochs } = state;
  if (hasRegime(state)) {
    const kind = regime(loss, learning_rate, rule, momentum);
    return [kind, sentencesOf(rule)[kind]];
  }
  if (run.epochs < max_epochs) return ["RISES", messages.ENDLESS];
  const { losses, epochs } = run;
  const rises = (k) => losses[k] - losses[k - 1] > 1e-9 * losses[k - 1] + 1e-12 * losses[0]; // less may be rounding
  let last = epochs;
  while (last > 0 && !rises(last)) last--;
  const wavers = last > 0.9 * epochs;
  const climbs = last > 0 && losses.subarray(1, epochs + 1).every((_, k) => rises(k + 1));
  const way = climbs ? WAYS.climbs : wavers ? wavering(run, state) : last > 0 ? WAYS.wavered : WAYS.falls;
  if (losses[epochs] < losses[0]) return [wavers ? "WAVERS" : "FALLS", messages.ended(ENDS.lower, way)];
  if (losses[epochs] === losses[0] && last === 0) return ["FALLS", messages.LEVEL];
  return ["RISES", messages.ended(ENDS.higher, way)];
}

/** The mean of what a function has for the epochs from one share of a run to another. */
function meanOver({ epochs }, from, to, of) {
  const [first, last] = [from, to].map((share) => Math.max(Math.round(share * epochs), 1));
  let sum = 0;
  for (let k = first; k <= last; k++) sum += of(k);
  return sum / (last - first + 1);
}

/** How a loss wavers to the end: less and less as its rate shrinks, or as before around a level that it keeps. */
function wavering(run, { rule, half_life, shrinking, batch_size }) {
  const { losses } = run;
  const rise = (k) => Math.max(losses[k] - losses[k - 1], 0);
  const isCalmer = meanOver(run, 0.7, 1, rise) < meanOver(run, 0.1, 0.4, rise) / 2;
  const level = (from, to) => meanOver(run, from, to, (k) => losses[k]);
  if (!batch_size || RULES[rule].search) return WAYS.wavers;
  if (half_life && shrinking) return isCalmer ? WAYS.diesOut : WAYS.wavers;
  return isCalmer || level(0.7, 1) < 0.6 * level(0.3, 0.6) ? WAYS.wavers : WAYS.staysInBall;
}

/** How the descent goes and how long it takes, in two sentences. */
export function outcome(loss, run, state) {
  const { start, learning_rate, epochs, max_epochs, tolerance } = state;
  const [, how] = course(loss, run, state);
  if (run.epochs < epochs) return [how, messages.beyond(run.epochs)];
  if (!loss.quadratic) return [how, messages.NO_FORMULA];
  const predicted = isPlain(state);
  const needed = predicted
    ? epochsToTolerance(loss, start, learning_rate, tolerance)
    : epochsCounted(run, loss.minimum, tolerance);
  if (needed === Infinity)
    return [how, predicted ? messages.never(tolerance) : messages.notWithin(max_epochs, tolerance)];
  return [how, messages.arrives(tolerance, needed, !predicted, needed - epochs)];
}

/** What else there is to know of the rate. */
export function aboutRate(state, epochs) {
  const { rule, learning_rate, half_life, shrinking, batch_size, points } = state;
  const steps = stepsPerEpoch(points, state);
  const sentences = [];
  if (batch_size) sentences.push(messages.perEpoch(steps));
  if (half_life && shrinking && !RULES[rule].search)
    sentences.push(messages.shrunk(inverseTime(learning_rate, half_life, epochs * steps)));
  return sentences.join(" ");
}

/**
 * What may come in the place of a figure's sentences, at its longest: how it goes, how long it takes, and its rate; or
 * what the third panel says there.
 */
export function longest({ batch_size, half_life, points, loss, max_epochs, tolerance }, panel) {
  const goes = Object.values(REGIMES).flatMap(Object.values);
  const ends = Object.values(ENDS).flatMap((end) => Object.values(WAYS).map((way) => messages.ended(end, way)));
  goes.push(messages.ENDLESS, messages.LEVEL, ...ends);
  const when = [messages.beyond(max_epochs), messages.never(tolerance), messages.notWithin(max_epochs, tolerance)];
  when.push(messages.arrives(tolerance, WIDEST_COUNT, false, WIDEST_COUNT));
  when.push(messages.arrives(tolerance, max_epochs, true, max_epochs));
  // The longest number may be parted at a space, and a shorter one that may not can take a line more.
  const numbers = [WIDEST.positive, WIDEST.short];
  const pairs = numbers.flatMap((one) => numbers.map((other) => [one, other]));
  const rates = [""];
  for (const number of batch_size || half_life ? numbers : [])
    rates.push(`${batch_size ? messages.perEpoch(points.length) : ""} ${half_life ? messages.shrunk(number) : ""}`);
  const quadratic = LOSSES[loss].quadratic;
  return [goes, quadratic ? when : [messages.NO_FORMULA], panel.longestNotes?.(pairs) ?? rates];
}
