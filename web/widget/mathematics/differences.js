// Finite differences of a loss, as gdlib.checking.

/**
 * The gradient from values of the loss alone, as gdlib.checking.finite_differences.
 * @param {import('./losses.js').Loss} loss @param {[number, number]} theta @param {number} step
 * @param {"central" | "forward"} scheme @returns {[number, number]}
 */
export function finiteDifferences(loss, theta, step, scheme) {
  return [0, 1].map((i) => {
    const h = step * Math.max(1, Math.abs(theta[i]));
    const [ahead, back] = [[...theta], [...theta]];
    ahead[i] += h;
    if (scheme === "central") back[i] -= h;
    // What the sum of two floats really is, lest its rounding be taken for a slope.
    return (loss.value(...ahead) - loss.value(...back)) / (ahead[i] - back[i]);
  });
}

/** How far these are from the gradient, relative to the largest entry of both. */
export function differenceError(loss, theta, step, scheme) {
  const [claimed, found] = [loss.gradient(...theta), finiteDifferences(loss, theta, step, scheme)];
  const size = Math.max(...[...claimed, ...found].map(Math.abs));
  return size > 0 ? Math.max(...claimed.map((entry, i) => Math.abs(entry - found[i]))) / size : 0;
}
