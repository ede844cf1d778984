// Where the stopping rules of gdlib.stopping would end a descent.

import { stepsPerEpoch } from "./batches.js";
import { walk } from "./descents.js";

export const STOPPING_RULES = ["gradient", "step", "gain"];

/**
 * Where each of three rules would stop a descent: a small gradient, a small step, a small gain, as gdlib.stopping.
 * @param {import('./losses.js').Loss} loss @param {[number, number][]} points @param {Method} method
 * @param {[number, number]} start @param {number} epochs at most @param {number} tolerance
 * @returns {Record<"gradient" | "step" | "gain", {steps: number, epoch: number, theta: [number, number]} | null>}
 */
export function stops(loss, points, method, start, epochs, tolerance) {
  const found = { gradient: null, step: null, gain: null };
  const perEpoch = stepsPerEpoch(points, method);
  let [lastIntercept, lastSlope, last] = [NaN, NaN, NaN];
  const within = (a, b) => Math.sqrt(a * a + b * b) <= tolerance; // Math.hypot takes ten times as long
  walk(loss, points, method, start, epochs, (k, intercept, slope, uphill) => {
    const here = loss.value(intercept, slope);
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
