// What a reader's points or links can break: numbers that a float holds, and whose squares it does not.

import { meanSquaredError } from "./mathematics/losses.js";
import { standardize } from "./mathematics/scaling.js";
import { PROBLEMS } from "./messages.js";

/**
 * What keeps points and a start from being drawn, as a sentence; null if nothing does.
 * @returns {string | null}
 */
export function problem({ points, start, standardised = false }) {
  const raw = meanSquaredError(points);
  const loss = raw && standardised ? meanSquaredError(standardize(points).points) : raw;
  const squares = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0);
  if (!Number.isFinite(2 * squares)) return PROBLEMS.large;
  if (raw && isTooSmall(raw, points)) return PROBLEMS.small;
  return loss && !Number.isFinite(loss.value(...start)) ? PROBLEMS.large : null;
}

/** Whether the sums that make the best line lose their digits because a float does not hold anything so small. */
function isTooSmall({ eigenvalues: [smallest, largest] }, points) {
  const [deviation, far] = [Math.sqrt(smallest * largest) / 2, Math.max(...points.map(([, y]) => Math.abs(y)))];
  return smallest < 1e-290 || (far > 0 && deviation * far < 1e-290);
}
